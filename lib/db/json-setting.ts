import type { Sqlite } from './connections.ts'
import type { WriterQueue } from './writer-queue.ts'

export interface JsonSetting<T> {
  get: () => Promise<T | undefined>
  set: (value: T) => Promise<void>
}

/** A row of the setting table that holds JSON. */
export function jsonSetting<T>(
  name: string,
  reader: Sqlite,
  writer: Sqlite,
  queue: WriterQueue,
): JsonSetting<T> {
  const find = reader.prepare<[string], Buffer>('SELECT value FROM setting WHERE name = ?').pluck()
  const store = writer.prepare(
    'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  return {
    get: async () => {
      const value = find.get(name)
      return value && (JSON.parse(value.toString()) as T)
    },
    set: (value) => queue.write(() => void store.run(name, Buffer.from(JSON.stringify(value)))),
  }
}
