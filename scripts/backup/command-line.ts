import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'
import { readConfig } from '../../lib/config.ts'
import type { Config } from '../../lib/config.ts'
import { describeFault } from '../../lib/ports/fault.ts'
import { explainForeseen } from '../../lib/ports/start-failure.ts'

export const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The command was typed wrongly; shown with its usage. */
export class UsageError extends Error {}

/** Runs a command to its end; a foreseen failure is told in plain words, and the exit code says so. */
export async function command(usage: string, main: () => Promise<void>): Promise<void> {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) return say(usage)
  try {
    await main()
  } catch (error) {
    process.exitCode = 1
    if (error instanceof UsageError) console.error(`\n${error.message}\n\n${usage}\n`)
    else console.error(`\n${explanation(error)}\n`)
  }
}

/** Failures of the system as a start explains them; refusals of the store and the keyring are sentences for people. */
export function explanation(error: unknown): string {
  const foreseen = explainForeseen(error)
  if (foreseen !== undefined) return foreseen
  if (error instanceof Error && error.name === 'StoreError') return error.message
  return `The command failed because of an error of its own; please report it:\n${describeFault(error)}`
}

/**
 * Options and file names of the command. A passphrase or key is never one of them: the list of processes shows
 * arguments to every user of the machine.
 * @throws UsageError, which repeats no value
 */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(options: T) {
  try {
    return parseArgs({ options, allowPositionals: true, strict: true, tokens: true })
  } catch {
    throw new UsageError('This is not how the command is used.')
  }
}

export function required(value: string | undefined, option: string): string {
  if (value === undefined || value === '') throw new UsageError(`${option} is missing.`)
  return value
}

/** A file as it was meant where the command was typed. */
export function pathOf(name: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), name)
}

/** The server's settings: the same environment leads to the same data folder and root key. @throws ConfigError */
export function serverConfig(): Config {
  return readConfig(process.env, PROJECT)
}

export function databaseFile(config: Config): string {
  return join(config.dataDir, 'coffer.db')
}

export function say(...lines: string[]): void {
  console.log(lines.join('\n'))
}
