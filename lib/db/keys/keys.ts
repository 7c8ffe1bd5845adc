import type { KeyRepository } from '../../keys/key-repository.ts'
import type { Sqlite } from '../connections.ts'
import type { WriterQueue } from '../writer-queue.ts'
import { keyChanges } from './key-changes.ts'
import { keyReads } from './key-reads.ts'

const ROOT_CHECK_VALUE = 'root-check-value'

/**
 * Keys, versions, aliases and grants: plain SQL on the driver, as the catalog. A key must change in one transaction
 * that also looks at the objects which hang on it.
 */
export function sqliteKeys(reader: Sqlite, writer: Sqlite, queue: WriterQueue): KeyRepository {
  const checkValue = reader.prepare<[string], { value: Buffer }>('SELECT value FROM setting WHERE name = ?')
  const storeCheckValue = writer.prepare('INSERT INTO setting (name, value) VALUES (?, ?)')
  const anyVersion = reader.prepare('SELECT 1 FROM key_version LIMIT 1')
  return {
    ...keyReads(reader),
    ...keyChanges(writer, queue),
    rootCheckValue: async () => checkValue.get(ROOT_CHECK_VALUE)?.value,
    storeRootCheckValue: (value) => queue.write(() => void storeCheckValue.run(ROOT_CHECK_VALUE, value)),
    hasWrappedKeys: async () => anyVersion.get() !== undefined,
  }
}
