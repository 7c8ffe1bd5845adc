import { openBackup, readBackupFile } from '../../lib/backup/open-backup.ts'
import type { KeyBackup } from '../../lib/backup/key-backup.ts'
import { readHeader } from '../../lib/backup/sealed-file.ts'
import type { OpenWith } from '../../lib/backup/sealed-file.ts'
import { readShareSheet } from '../../lib/backup/share-sheet.ts'
import { pathOf } from './command-line.ts'
import { readPassphrase, readSecretFile } from './secret-input.ts'

/** What opens a backup, in every command that reads one. */
export const OPENING = {
  'passphrase-file': { type: 'string' },
  shares: { type: 'string', multiple: true },
} as const

export const OPENING_USAGE = `  --passphrase-file F   the passphrase is the first line of F; without it, it is asked for
  --shares S S S        share sheets instead of the passphrase`

/** What `parseArgs` made of the words of a command. */
interface Words {
  positionals: readonly string[]
  tokens: readonly ({ kind: string; index: number } & { name?: string })[]
}

/** The backup among the names of a command, and the sheets behind the first one: it stands before `--shares`, or last. */
export function fileAndSheets({ positionals, tokens }: Words): {
  file: string | undefined
  sheets: string[]
} {
  const shares = tokens.find(({ kind, name }) => kind === 'option' && name === 'shares')
  const first = tokens.find(({ kind }) => kind === 'positional')
  const last = shares !== undefined && first !== undefined && shares.index < first.index
  return last
    ? { file: positionals.at(-1), sheets: positionals.slice(0, -1) }
    : { file: positionals[0], sheets: positionals.slice(1) }
}

export interface Opening {
  'passphrase-file'?: string | undefined
  shares?: string[] | undefined
}

/**
 * Opens the backup; the caller wipes `root.secret`.
 * @param moreSheets the names behind the first one after `--shares`
 * @throws BackupError
 */
export async function openNamedBackup(
  file: string,
  opening: Opening,
  moreSheets: readonly string[],
): Promise<{ backup: KeyBackup; text: Buffer }> {
  const text = await readBackupFile(pathOf(file))
  // Before a passphrase is asked for: what is no backup should not hear it.
  readHeader(text)
  return { backup: await openBackup(text, await openWith(opening, moreSheets)), text }
}

async function openWith(opening: Opening, moreSheets: readonly string[]): Promise<OpenWith> {
  const first = opening.shares
  if (first === undefined) return { passphrase: await readPassphrase(opening['passphrase-file'], 'once') }
  const names = [...first, ...moreSheets].flatMap((list) => list.split(','))
  const read = async (name: string) => readShareSheet((await readSecretFile(name)).toString('utf8'), name)
  return { shares: await Promise.all(names.map(read)) }
}
