import { open } from 'node:fs/promises'
import { BackupError } from '../../lib/backup/backup-error.ts'
import { asker } from './ask.ts'
import { pathOf, UsageError } from './command-line.ts'

/** More than any secret: a wrong path, such as a log, is not read into memory. */
const LARGEST_SECRET = 64 * 1024
const ask = asker(process)

/** The passphrase in a file (its first line), or typed without being shown; twice where a slip would lock us out. */
export async function readPassphrase(file: string | undefined, typed: 'once' | 'twice'): Promise<string> {
  if (file !== undefined) return firstLine(await readSecretFile(file))
  if (!process.stdin.isTTY)
    throw new UsageError(
      'There is no terminal to ask for the passphrase: name a file with --passphrase-file.',
    )
  const passphrase = await ask('Passphrase: ')
  if (typed === 'twice' && (await ask('Once more:  ')) !== passphrase)
    throw new UsageError('The two passphrases differ.')
  return passphrase
}

/**
 * A file that only its owner may read; a pipe (`/dev/stdin`, `<(…)`) will do.
 * @throws BackupError Unreadable
 */
export async function readSecretFile(name: string): Promise<Buffer> {
  const path = pathOf(name)
  const file = await open(path, 'r').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new BackupError(
      'Unreadable',
      `${path} cannot be read (${code}).`,
      'Check its name and who may read it.',
    )
  })
  try {
    const stat = await file.stat()
    if (stat.isFile() && process.platform !== 'win32' && (stat.mode & 0o077) !== 0)
      throw new BackupError(
        'Unreadable',
        `${path} is open to other users of this machine.`,
        `Close it: chmod 600 ${path}`,
      )
    if (stat.size > LARGEST_SECRET)
      throw new BackupError('Unreadable', `${path} holds no secret.`, 'It is far too large.')
    return await file.readFile()
  } finally {
    await file.close()
  }
}

function firstLine(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  bytes.fill(0)
  return text.split(/\r?\n/, 1)[0] ?? ''
}
