import type { EncryptionTarget } from './encryption-model.ts'
import { openStoreIn, OWNER } from './reopened-store.test-support.ts'
import { say } from '../say.test-support.ts'

/**
 * A process of its own that changes the encryption of objects over and over, each from method to method, and says of each
 * change only after it was acknowledged.
 */
const [folder, bucket] = process.argv.slice(2) as [string, string]
const { store } = await openStoreIn(folder)
const TARGETS: readonly EncryptionTarget[] = [
  { kind: 'service-key', suite: 'AES256' },
  { kind: 'managed-key', suite: 'AES256', context: {} },
  { kind: 'service-key', suite: 'SM4' },
  { kind: 'none' },
]
const context = { requestId: 'r', secure: true, signal: new AbortController().signal }

async function changeForEver(key: string): Promise<never> {
  for (let i = 0; ; i++) {
    const target = TARGETS[i % TARGETS.length]!
    await store.run({ name: 'ModifyEncryption', bucket, key, target }, OWNER, context)
    say(JSON.stringify({ key, kind: target.kind }))
  }
}

await Promise.all(['small', 'large', 'parts'].map(changeForEver))
