import { randomBytes } from 'node:crypto'
import { appendedBytes } from './append-log.test-support.ts'
import type { EncryptionChoice } from './encryption-model.ts'
import { openStoreIn, OWNER } from './reopened-store.test-support.ts'
import { bodyOf } from './store.test-support.ts'
import { say } from '../say.test-support.ts'

/**
 * A process of its own that appends to objects over and over, from where each ends, and says of each append only after it
 * was acknowledged. Sizes are such that parts are absorbed, filed and left alone.
 */
const [folder, bucket] = process.argv.slice(2) as [string, string]
const { store, deps } = await openStoreIn(folder)
const context = { requestId: 'r', secure: true, signal: new AbortController().signal }
const ENCRYPTIONS: Record<string, EncryptionChoice> = {
  plain: { kind: 'none' },
  sealed: { kind: 'service-key', suite: 'AES256' },
  managed: { kind: 'managed-key', suite: 'SM4', context: {} },
}

async function appendForEver(key: string): Promise<never> {
  const { bucketId } = (await deps.catalog.findBucket(bucket))!
  let position = (await deps.catalog.findObject(bucketId, key))?.size ?? 0
  for (;;) {
    const size = 1 + (randomBytes(2).readUInt16BE() % (randomBytes(1)[0]! < 60 ? 40_000 : 500))
    const bytes = appendedBytes(position, size)
    const at = { bucket, key, position, body: bodyOf(bytes), contentLength: size }
    const write = {
      metadata: { contentType: 'text/plain', userMetadata: {} },
      storageClass: 'STANDARD',
      tags: {},
    }
    const encryption = ENCRYPTIONS[key]!
    const said = { encryption, ofExisting: 'must-agree', checks: {} } as const
    await store.run({ name: 'AppendObject', ...at, ...write, ...said }, OWNER, context)
    position += size
    say(`${key} ${position}`)
  }
}

await Promise.all(Object.keys(ENCRYPTIONS).map(appendForEver))
