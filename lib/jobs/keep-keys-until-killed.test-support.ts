import { randomUUID } from 'node:crypto'
import { openDatabase } from '../db/database.ts'
import { createKeyParts } from '../keys/keyring-service.ts'
import { rootFromSecret } from '../keys/root/root-key.ts'
import type { KeyRequest } from '../kms/operations.ts'
import { createKeyAccess } from '../kms/policy-access.ts'
import { createKeyService } from '../kms/service.ts'
import { createKeyUpkeep } from '../kms/upkeep.ts'
import { keepKeys } from './keep-keys.ts'
import { say } from '../say.test-support.ts'

/**
 * A process of its own for which a hundred days pass at every turn: it makes keys that rotate and keys that wait for
 * their end, keeps them, encrypts under them, and says of each ciphertext after it was acknowledged.
 */
const [dataDir, projectId, account, secret, start] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
]
const HUNDRED_DAYS = 100 * 86_400_000
let now = Number(start)
const database = await openDatabase({ dataDir })
const parts = createKeyParts({
  root: rootFromSecret(Buffer.from(secret, 'hex')),
  repository: database.keys,
  region: 'us-east-1',
  accountOf: async () => account,
  servicePeriodDays: 90,
  clock: () => now,
})
const deps = {
  ...parts,
  sealer: parts.keyring,
  dependents: database.keyDependents,
  access: createKeyAccess(parts),
  audit: { record: () => undefined, append: async () => undefined, flush: async () => undefined },
  providers: [],
  now: () => now,
}
const kms = createKeyService(deps)
const upkeep = createKeyUpkeep(deps)
const caller = { kind: 'member', userId: 'u', projectId, role: 'owner', account } as const
const context = { requestId: 'r', remoteAddress: undefined, secure: true }
const newKey: Omit<KeyRequest<'CreateKey'>, 'alias'> = {
  spec: 'AES_256',
  origin: 'AWS_KMS',
  description: '',
  tags: [],
  policy: undefined,
  provider: undefined,
}

const rotating: string[] = []
for (;;) {
  const alias = `alias/${randomUUID()}`
  const [kept, doomed] = await Promise.all([
    kms.run('CreateKey', { ...newKey, alias: undefined }, caller, context),
    kms.run('CreateKey', { ...newKey, alias }, caller, context),
  ])
  rotating.push(kept.keyId)
  await kms.run('EnableKeyRotation', { keyId: kept.keyId, periodDays: 90 }, caller, context)
  const deletion = { keyId: doomed.keyId, pendingWindowDays: 7, destroyDependents: undefined }
  await kms.run('ScheduleKeyDeletion', deletion, caller, context)
  now += HUNDRED_DAYS
  // Two rounds at once, as two processes would: what one does the other finds done.
  await Promise.all([keepKeys(upkeep), keepKeys(upkeep)])
  for (const keyId of rotating.slice(-8)) {
    const asked = { keyId, plaintext: Buffer.from(keyId), context: {}, grantTokens: [] }
    const { ciphertext } = await kms.run('Encrypt', asked, caller, context)
    say(
      JSON.stringify({
        keyId,
        ciphertext: ciphertext.toString('base64'),
        version: ciphertext.readUInt32BE(18),
        now,
      }),
    )
  }
}
