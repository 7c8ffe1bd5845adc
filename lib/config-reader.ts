import { resolve } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Reads one variable at a time and remembers which were understood and what was wrong. */
export class SettingsReader {
  readonly problems: string[] = []
  readonly known = new Set<string>()
  readonly files: { name: string; path: string }[] = []
  readonly #env: Environment
  readonly #projectDir: string

  constructor(env: Environment, projectDir: string) {
    this.#env = env
    this.#projectDir = projectDir
  }

  optional(name: string): string | undefined {
    this.known.add(name)
    return this.#env[name]?.trim() || undefined
  }

  text(name: string, fallback?: string): string {
    const value = this.optional(name) ?? fallback
    if (value === undefined) this.problems.push(`${name} is needed.`)
    return value ?? ''
  }

  matching(name: string, pattern: RegExp, meaning: string, fallback?: string): string {
    const value = this.optional(name)
    if (value === undefined) return this.text(name, fallback)
    if (!pattern.test(value)) this.problems.push(`${name} must be ${meaning}.`)
    return value
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback?: T): T {
    const value = this.text(name, fallback)
    const found = values.find((known) => known === value)
    if (found === undefined && value !== '')
      this.problems.push(`${name} must be one of ${values.join(', ')}.`)
    return found ?? fallback ?? values[0]!
  }

  seconds(name: string, fallback: number, largest: number): number {
    const value = this.text(name, String(fallback))
    if (/^\d{1,4}$/.test(value) && Number(value) <= largest) return Number(value)
    this.problems.push(`${name} must be a whole number of seconds from 0 to ${largest}.`)
    return fallback
  }

  path(name: string): string {
    const value = this.text(name)
    return value === '' ? '' : resolve(this.#projectDir, value)
  }

  optionalPath(name: string): string | undefined {
    return this.optional(name) === undefined ? undefined : this.path(name)
  }

  /** A file that must not lie in the data folder. */
  secretFile(name: string): string {
    const path = this.path(name)
    if (path !== '') this.files.push({ name, path })
    return path
  }

  /** An origin; a secret crosses it, so only this machine may be reached without TLS. */
  address(name: string, fallback?: string): string {
    const value = this.text(name, fallback)
    if (value === '') return ''
    const url = URL.canParse(value) ? new URL(value) : undefined
    const plain = url?.protocol === 'http:'
    if (!url || (url.protocol !== 'https:' && !plain) || url.href !== `${url.origin}/`) {
      this.problems.push(`${name} must be an address such as https://vault.example.org:8200, without a path.`)
      return ''
    }
    if (plain && !isLoopback(url.hostname))
      this.problems.push(`${name} must use https: keys and credentials would cross the network readable.`)
    return url.origin
  }

  // A setting of a driver that is not in force would look as if it protected something.
  refuseUnused(prefix: string, why: string): void {
    for (const [name, value] of Object.entries(this.#env)) {
      if (!name.startsWith(prefix) || this.known.has(name)) continue
      this.known.add(name)
      if (value?.trim()) this.problems.push(`${name} is set, but ${why}.`)
    }
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}
