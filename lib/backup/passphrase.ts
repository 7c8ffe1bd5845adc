import { randomBytes, scrypt } from 'node:crypto'
import { z } from 'zod'
import { unwrapDataKey, wrapDataKey } from '../crypto/wrap.ts'
import type { WrapBinding } from '../crypto/wrap.ts'
import { BackupError } from './backup-error.ts'

/** scrypt (RFC 7914) at 128 MiB: about two thirds of a second a guess. */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const
const MEMORY = 2 * 128 * COST.N * COST.r
const SALT_BYTES = 32
const KEY_BYTES = 32
/** Short ones are guessed whatever the cost of a guess. */
const LEAST_LETTERS = 12

/** How a passphrase opens the sealing key. The cost is told, not obeyed: a file must not choose a cheap one. */
export const passphraseSlotSchema = z.strictObject({
  kdf: z.literal('scrypt'),
  n: z.literal(COST.N),
  r: z.literal(COST.r),
  p: z.literal(COST.p),
  salt: z.base64(),
  wrappedKey: z.base64(),
})
export type PassphraseSlot = z.infer<typeof passphraseSlotSchema>

/** @throws BackupError WeakPassphrase */
export function checkPassphrase(passphrase: string): void {
  if ([...passphrase].length >= LEAST_LETTERS) return
  throw new BackupError(
    'WeakPassphrase',
    `The passphrase is shorter than ${LEAST_LETTERS} letters.`,
    'Whoever finds the backup may try as many as he likes: take five or more words that belong to nobody.',
  )
}

/** Wraps the sealing key under a key from the passphrase, as crypto/FORMAT.md wraps data keys. */
export async function sealForPassphrase(
  passphrase: string,
  sealingKey: Buffer,
  backupId: string,
): Promise<PassphraseSlot> {
  const salt = randomBytes(SALT_BYTES)
  const kek = await stretch(passphrase, salt)
  const wrapped = wrapDataKey('AES256', kek, sealingKey, bindingOf(backupId))
  kek.fill(0)
  const { N, r, p } = COST
  return {
    kdf: 'scrypt',
    n: N,
    r,
    p,
    salt: salt.toString('base64'),
    wrappedKey: wrapped.toString('base64'),
  }
}

/** @throws BackupError WrongPassphrase; a changed header looks the same */
export async function openWithPassphrase(
  passphrase: string,
  slot: PassphraseSlot,
  backupId: string,
): Promise<Buffer> {
  const kek = await stretch(passphrase, Buffer.from(slot.salt, 'base64'))
  try {
    return unwrapDataKey(kek, Buffer.from(slot.wrappedKey, 'base64'), bindingOf(backupId))
  } catch {
    throw new BackupError(
      'WrongPassphrase',
      'The passphrase does not open this backup.',
      'Try again; if it is surely the right one, the head of the file was changed: take another copy.',
    )
  } finally {
    kek.fill(0)
  }
}

/** The same letters can be typed as different bytes (NFC, NFD, full width): all count as one passphrase. */
function stretch(passphrase: string, salt: Buffer): Promise<Buffer> {
  const secret = Buffer.from(passphrase.normalize('NFKC'))
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, { ...COST, maxmem: MEMORY }, (error, key) => {
      secret.fill(0)
      if (error) reject(error)
      else resolve(key)
    })
  })
}

function bindingOf(backupId: string): WrapBinding {
  return {
    mode: 'key-backup',
    keyId: backupId,
    keyVersion: 1,
    bucketId: '',
    objectKey: '',
    objectId: '',
    context: {},
  }
}
