import { createHash } from 'node:crypto'
import { BackupError } from './backup-error.ts'
import { decodeBase32, encodeBase32 } from './base32.ts'
import type { Share } from './shamir.ts'

/** One share as it stands on its sheet of paper. */
export interface SheetShare extends Share {
  threshold: number
  /** the first 10 bytes of the backup's UUID, to tell sheets of different backups apart */
  backup: Buffer
}

const VERSION = 1
const BACKUP_BYTES = 10
const SECRET_BYTES = 32
const CHECKSUM_BYTES = 5
const BODY_BYTES = 3 + BACKUP_BYTES + SECRET_BYTES
/** 50 bytes are 80 letters: five lines of four groups of four. */
const LINES = 5
const LINE_LETTERS = 16

/** What a sheet names of its backup. */
export function backupTag(backupId: string): Buffer {
  return Buffer.from(backupId.replaceAll('-', ''), 'hex').subarray(0, BACKUP_BYTES)
}

/**
 * A printable sheet. The share is `version(1) ‖ threshold(1) ‖ index(1) ‖ backup(10) ‖ share(32) ‖ checksum(5)` in
 * Crockford base32; each line carries two check letters of its own, so that a slip of the pen is found on its line.
 */
export function shareSheet(
  share: SheetShare,
  facts: { count: number; backupId: string; madeAt: Date; file: string },
): string {
  const letters = encodeBase32(encodeShare(share))
  const lines = Array.from({ length: LINES }, (_, i) => {
    const line = letters.slice(i * LINE_LETTERS, (i + 1) * LINE_LETTERS)
    return `  ${i + 1}   ${(line.match(/.{4}/g) ?? []).join(' ')}   ${checkLetters(i + 1, line)}`
  })
  return [
    `COFFER KEY BACKUP    share ${share.index} of ${facts.count}`,
    '',
    `Any ${share.threshold} of the ${facts.count} shares open the backup file; fewer tell nothing.`,
    `Backup   ${facts.backupId}`,
    `File     ${facts.file}`,
    `Made     ${facts.madeAt.toISOString()}`,
    '',
    ...lines,
    '',
    'Keep it where no other share lies. To use it, type the five numbered lines into a text file',
    'and name that file with --shares. The letters I, L and O are never used: read 1, 1 and 0.',
    '',
  ].join('\n')
}

/**
 * The share on a sheet, from its numbered lines; other text is passed over.
 * @throws BackupError DamagedShare, naming the line where something was misread
 */
export function readShareSheet(text: string, name: string): SheetShare {
  const letters = Array.from({ length: LINES }, (_, i) => readLine(text, i + 1, name)).join('')
  const share = decodeShare(decodeBase32(letters))
  if (share === undefined)
    throw damaged(`${name} is no whole share of a key backup.`, 'Compare all five lines with the sheet.')
  return share
}

function readLine(text: string, number: number, name: string): string {
  const pattern = new RegExp(`^[ \\t]*${number}[ \\t:.]+([0-9A-Za-z \\t-]+)$`, 'm')
  const letters = (pattern.exec(text.replaceAll('\r', ''))?.[1] ?? '').replace(/[ \t-]/g, '')
  const line = canonical(letters.slice(0, LINE_LETTERS))
  if (letters.length !== LINE_LETTERS + 2)
    throw damaged(`Line ${number} of ${name} has not 16 letters and 2 check letters.`, 'Type it again.')
  if (canonical(letters.slice(LINE_LETTERS)) !== checkLetters(number, line))
    throw damaged(`Line ${number} of ${name} has a letter that was misread.`, 'Compare it with the sheet.')
  return line
}

function canonical(letters: string): string {
  return letters.toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')
}

/** Ten bits: a misread letter goes unnoticed here once in a thousand times, and then the checksum of all tells. */
function checkLetters(line: number, letters: string): string {
  return encodeBase32(digest(`line ${line}`, Buffer.from(letters))).slice(0, 2)
}

function encodeShare({ threshold, index, backup, bytes }: SheetShare): Buffer {
  const body = Buffer.concat([Buffer.from([VERSION, threshold, index]), backup, bytes])
  return Buffer.concat([body, digest('share', body).subarray(0, CHECKSUM_BYTES)])
}

function decodeShare(encoded: Buffer | undefined): SheetShare | undefined {
  if (encoded?.length !== BODY_BYTES + CHECKSUM_BYTES) return undefined
  const body = encoded.subarray(0, BODY_BYTES)
  const whole = digest('share', body).subarray(0, CHECKSUM_BYTES).equals(encoded.subarray(BODY_BYTES))
  const [version, threshold, index] = [body[0]!, body[1]!, body[2]!]
  if (!whole || version !== VERSION || threshold < 2 || index < 1) return undefined
  return {
    threshold,
    index,
    backup: body.subarray(3, 3 + BACKUP_BYTES),
    bytes: body.subarray(3 + BACKUP_BYTES),
  }
}

function digest(label: string, bytes: Buffer): Buffer {
  return createHash('sha256').update(`coffer/key-backup/v1/${label}\0`).update(bytes).digest()
}

function damaged(message: string, mend: string): BackupError {
  return new BackupError('DamagedShare', message, mend)
}
