import type { Readable } from 'node:stream'
import { StartError } from '../start-error.ts'
import { readPrivateLine } from './private-file.ts'
import type { PassphraseOptions } from './passphrase.ts'

const LONGEST_PASSPHRASE = 4096

export interface PassphraseSurroundings {
  /** the variable is taken out of it once read, so that no child process and no page about the environment shows it */
  environment: Record<string, string | undefined>
  stdin: Readable & { isTTY?: boolean }
  /** tells the operator something that is no failure */
  warn: (message: string) => void
}

export function passphraseFromFile(path: string): PassphraseOptions {
  const file = { what: 'passphrase file', path, setting: 'COFFER_ROOT_PASSPHRASE_FILE' }
  return { name: `the passphrase in ${path}`, files: [path], read: () => readPrivateLine(file) }
}

export function passphraseFromStdin({ stdin }: PassphraseSurroundings): PassphraseOptions {
  return { name: 'the passphrase from standard input', files: [], read: () => readLine(stdin) }
}

/** CVE-2023-28432 showed MinIO's environment to anyone who asked: a file is the better place. */
export function passphraseFromEnvironment({ environment, warn }: PassphraseSurroundings): PassphraseOptions {
  const variable = 'COFFER_ROOT_PASSPHRASE'
  return {
    name: `the passphrase in ${variable}`,
    files: [],
    read: async () => {
      const passphrase = environment.COFFER_ROOT_PASSPHRASE?.trim()
      delete environment.COFFER_ROOT_PASSPHRASE
      if (passphrase === undefined || passphrase === '') {
        throw new StartError(`${variable} is empty.`, 'Set it, or better COFFER_ROOT_PASSPHRASE_FILE.')
      }
      warn(
        `${variable}: an environment is shown to more programs than a file. Better use COFFER_ROOT_PASSPHRASE_FILE.`,
      )
      return passphrase
    },
  }
}

async function readLine(stdin: PassphraseSurroundings['stdin']): Promise<string> {
  if (stdin.isTTY) {
    throw new StartError(
      'The passphrase is to come from standard input, but that is a terminal, where it would be seen.',
      'Pipe it in, e.g.: systemd-ask-password "Root passphrase" | npm start',
    )
  }
  let text = ''
  for await (const chunk of stdin) {
    text += String(chunk)
    if (text.includes('\n') || text.length > LONGEST_PASSPHRASE) break
  }
  const line = text.split(/\r?\n/, 1)[0] ?? ''
  if (line !== '' && line.length <= LONGEST_PASSPHRASE) return line
  throw new StartError(
    'Standard input holds no passphrase.',
    'Pipe one line in, e.g.: systemd-ask-password "Root passphrase" | npm start',
  )
}
