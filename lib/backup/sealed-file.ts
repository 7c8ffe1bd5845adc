import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { hkdf } from '../crypto/hkdf.ts'
import { sameBytes } from '../keys/same-bytes.ts'
import { BackupError } from './backup-error.ts'
import { openWithPassphrase, passphraseSlotSchema, sealForPassphrase } from './passphrase.ts'
import { combineShares, splitSecret } from './shamir.ts'
import { backupTag, type SheetShare } from './share-sheet.ts'

/**
 * A sealed file is three lines of ASCII:
 *
 *     coffer-key-backup 1
 *     the header, JSON
 *     base64(ciphertext ‖ tag)
 *
 * A fresh sealing key S (32 bytes) seals the payload: OKM = HKDF-SHA256(S, backupId, "coffer/key-backup/v1\0", 76) =
 * K(32) ‖ N(12) ‖ C(32); AES-256-GCM under K with nonce N (S seals once), the first two lines as AAD. The header
 * carries C, so that S is known to be right before anything is decrypted, and one or both ways to S: wrapped under a
 * passphrase (`passphrase.ts`), or split into shares (`shamir.ts`).
 */
const MAGIC = 'coffer-key-backup 1'
const INFO = 'coffer/key-backup/v1\0'
const SEALING_KEY_BYTES = 32
const TAG_BYTES = 16
/** A million key versions take less; a wrong path is not read into memory. */
export const LARGEST_FILE = 2 ** 30

const headerSchema = z.strictObject({
  backupId: z.uuid(),
  createdAt: z.iso.datetime(),
  commitment: z.base64(),
  passphrase: passphraseSlotSchema.optional(),
  shares: z.strictObject({ threshold: z.int().min(2).max(255), count: z.int().min(2).max(255) }).optional(),
})
export type BackupHeader = z.infer<typeof headerSchema>

/** How a file is to be sealed; at least one of the two. */
export interface SealWith {
  passphrase?: string | undefined
  shares?: { threshold: number; count: number } | undefined
}

/** What somebody brings to open it. */
export type OpenWith = { passphrase: string } | { shares: SheetShare[] }

export interface Sealed {
  /** the whole file */
  text: Buffer
  /** one for each sheet; empty without `shares` */
  shares: SheetShare[]
}

/** Seals `payload`; the caller wipes it. */
export async function sealFile(
  payload: Buffer,
  facts: { backupId: string; createdAt: number },
  sealWith: SealWith,
): Promise<Sealed> {
  const sealingKey = randomBytes(SEALING_KEY_BYTES)
  try {
    const { backupId } = facts
    const keys = deriveKeys(sealingKey, backupId)
    const header: BackupHeader = {
      backupId,
      createdAt: new Date(facts.createdAt).toISOString(),
      commitment: keys.commitment.toString('base64'),
      ...(sealWith.passphrase !== undefined && {
        passphrase: await sealForPassphrase(sealWith.passphrase, sealingKey, backupId),
      }),
      ...(sealWith.shares && { shares: sealWith.shares }),
    }
    const head = `${MAGIC}\n${JSON.stringify(header)}\n`
    const cipher = createCipheriv('aes-256-gcm', keys.key, keys.nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(Buffer.from(head))
    const sealed = Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()])
    const text = Buffer.from(`${head}${sealed.toString('base64')}\n`)
    return { text, shares: sealWith.shares ? split(sealingKey, backupId, sealWith.shares) : [] }
  } finally {
    sealingKey.fill(0)
  }
}

function split(
  sealingKey: Buffer,
  backupId: string,
  { threshold, count }: { threshold: number; count: number },
): SheetShare[] {
  const backup = backupTag(backupId)
  return splitSecret(sealingKey, threshold, count).map((share) => ({ ...share, threshold, backup }))
}

/** @throws BackupError NotABackup */
export function readHeader(text: Buffer): BackupHeader {
  return linesOf(text).header
}

/**
 * The payload; the caller wipes it.
 * @throws BackupError NotABackup | WrongPassphrase | NotEnoughShares | WrongShares | Damaged
 */
export async function openFile(text: Buffer, openWith: OpenWith): Promise<Buffer> {
  const { head, header, sealed } = linesOf(text)
  const sealingKey = await sealingKeyOf(header, openWith)
  const keys = deriveKeys(sealingKey, header.backupId)
  sealingKey.fill(0)
  if (!sameBytes(Buffer.from(header.commitment, 'base64'), keys.commitment))
    throw 'shares' in openWith ? wrongShares() : damaged()
  const decipher = createDecipheriv('aes-256-gcm', keys.key, keys.nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(head)
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
  const payload = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES))
  try {
    decipher.final()
    return payload
  } catch {
    payload.fill(0)
    throw damaged()
  }
}

/** SHA-256 of the file, hex: what a verification is remembered by. */
export function fingerprintOf(text: Buffer): string {
  return createHash('sha256').update(text).digest('hex')
}

async function sealingKeyOf(header: BackupHeader, openWith: OpenWith): Promise<Buffer> {
  if ('passphrase' in openWith) {
    if (header.passphrase !== undefined)
      return openWithPassphrase(openWith.passphrase, header.passphrase, header.backupId)
    throw new BackupError(
      'WrongPassphrase',
      'This backup was sealed without a passphrase.',
      `Open it with ${header.shares?.threshold ?? 'its'} of its share sheets: --shares SHEET SHEET …`,
    )
  }
  return combined(header, openWith.shares)
}

function combined(header: BackupHeader, shares: readonly SheetShare[]): Buffer {
  if (header.shares === undefined)
    throw new BackupError(
      'WrongShares',
      'This backup was not split into shares.',
      'Open it with its passphrase.',
    )
  const tag = backupTag(header.backupId)
  if (shares.some(({ backup }) => !backup.equals(tag)))
    throw new BackupError(
      'WrongShares',
      'At least one of the sheets belongs to another backup.',
      `Take sheets that name the backup ${header.backupId}.`,
    )
  const different = [...new Map(shares.map((share) => [share.index, share])).values()]
  const { threshold } = header.shares
  if (different.length < threshold)
    throw new BackupError(
      'NotEnoughShares',
      `${threshold} different shares are needed, and ${different.length} were given.`,
      'Bring more sheets: fewer tell nothing of the key.',
    )
  return combineShares(different.slice(0, threshold))
}

interface Lines {
  /** the first two, as they are authenticated */
  head: Buffer
  header: BackupHeader
  sealed: Buffer
}

function linesOf(text: Buffer): Lines {
  const ends = [text.indexOf('\n')]
  ends.push(text.indexOf('\n', ends[0]! + 1))
  if (text.subarray(0, ends[0]).toString('latin1') !== MAGIC || ends[1]! < 0) throw notABackup()
  const head = text.subarray(0, ends[1]! + 1)
  const base64 = text.subarray(ends[1]! + 1).toString('latin1')
  const sealed = Buffer.from(base64, 'base64')
  // Buffer.from passes over what is no base64: only the one spelling is the file that was written.
  if (sealed.length < TAG_BYTES || `${sealed.toString('base64')}\n` !== base64) throw damaged()
  return { head, header: parseHeader(head.subarray(ends[0]! + 1)), sealed }
}

function parseHeader(json: Buffer): BackupHeader {
  try {
    return headerSchema.parse(JSON.parse(json.toString()))
  } catch {
    throw damaged()
  }
}

function deriveKeys(sealingKey: Buffer, backupId: string) {
  const okm = hkdf('sha256', sealingKey, backupId, INFO, 76)
  return { key: okm.subarray(0, 32), nonce: okm.subarray(32, 44), commitment: okm.subarray(44) }
}

function notABackup(): BackupError {
  return new BackupError(
    'NotABackup',
    'The file is no key backup of this Coffer.',
    'A backup begins with the line "coffer-key-backup 1".',
  )
}

function damaged(): BackupError {
  return new BackupError('Damaged', 'The backup was changed or is not whole.', 'Take another copy of it.')
}

function wrongShares(): BackupError {
  return new BackupError(
    'WrongShares',
    'These shares do not make the key of this backup.',
    'One of them may be of another splitting, or forged: try other sheets.',
  )
}
