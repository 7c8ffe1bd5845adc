import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EncryptionTarget } from './encryption-model.ts'
import type { ModifyEncryption, Results } from './operations.ts'
import { get, keyFor, run, type Bench, type Method } from './store.test-support.ts'

/** A method as something to change to. */
export function targetOf({ encryption }: Method): EncryptionTarget {
  if (encryption.kind === 'bucket-default') throw new Error('A target says what it is')
  return encryption
}

/** Changes an object from one method to another, as the owner of the project. */
export function modify(
  bench: Bench,
  key: string,
  from: Method,
  target: EncryptionTarget,
  changes: Partial<ModifyEncryption> = {},
): Promise<Results['ModifyEncryption']> {
  const at = { name: 'ModifyEncryption', bucket: bench.bucket, key, target } as const
  return run(bench, { ...at, ...keyFor(from), ...changes })
}

/** Digests of everything stored of an object's data, by blob id: files and what lies in rows. */
export async function storedBlobs(
  { deps, blobFolder }: Bench,
  objectId: string,
): Promise<Map<string, string>> {
  const files = new Map(
    readdirSync(blobFolder, { recursive: true, encoding: 'utf8' }).map((path) => [path.slice(-32), path]),
  )
  const digests = new Map<string, string>()
  for (const { blobId, inline } of await deps.catalog.parts(objectId)) {
    const bytes = inline ?? readFileSync(join(blobFolder, files.get(blobId)!))
    digests.set(blobId, createHash('sha256').update(bytes).digest('hex'))
  }
  return digests
}

/** All that clients see of an object but how it is encrypted, its bytes and those of each part included. */
export async function seenByClients(bench: Bench, key: string, method: Method) {
  const { object, bytes } = await get(bench, key, keyFor(method))
  const { objectId: _itsOwn, encryption: _changed, ...info } = object
  const parts: { part: string; bytes: string; length: number }[] = []
  if (object.multipart)
    for (let partNumber = 1; partNumber <= object.partCount; partNumber++) {
      const part = await get(bench, key, { partNumber, ...keyFor(method) })
      parts.push({ part: String(partNumber), bytes: digest(part.bytes), length: part.length })
    }
  const attributes = await run(bench, {
    name: 'GetObjectAttributes',
    bucket: bench.bucket,
    key,
    partsAfter: 0,
    maxParts: 100,
    ...keyFor(method),
  })
  return { ...info, checksums: object.checksums, bytes: digest(bytes), parts, attributes: attributes.parts }
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
