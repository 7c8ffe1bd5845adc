import { StoreError } from '../../errors.ts'
import { decodeBase64 } from '../http/text.ts'

/** Reads one value of a JSON document, at `path` for error messages. @throws StoreError MalformedJSON | InvalidArgument */
export type Read<T> = (value: unknown, path: string) => T

/**
 * The members of a structure in a request of the AWS JSON 1.1 protocol. What has no reader is ignored, as AWS
 * does; null is absent. Two kinds of refusal, as AWS has them: a value of a wrong JSON type cannot be read
 * (MalformedJSON), one outside its bounds is invalid (InvalidArgument). Neither quotes the value: it may be a key.
 */
export class Members {
  readonly #values: object
  readonly #path: string

  constructor(values: object, path = '') {
    this.#values = values
    this.#path = path
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined
  }

  required<T>(name: string, read: Read<T>): T {
    const value = this.#value(name)
    if (value === undefined) throw invalid(this.#path + name, 'Member must not be null')
    return read(value, this.#path + name)
  }

  optional<T>(name: string, read: Read<T>): T | undefined {
    const value = this.#value(name)
    return value === undefined ? undefined : read(value, this.#path + name)
  }

  /**
   * For what Coffer does not have. Ignoring it would do something else than was asked for: `DryRun` would
   * really delete, `Recipient` would send the plaintext in the open.
   * @throws StoreError NotImplemented
   */
  refuse(...names: string[]): void {
    for (const name of names) {
      const value = this.#value(name)
      if (value !== undefined && value !== false)
        throw new StoreError('NotImplemented', `${this.#path}${name} is not supported.`)
    }
  }

  #value(name: string): unknown {
    if (!Object.hasOwn(this.#values, name)) return undefined
    return (this.#values as Record<string, unknown>)[name] ?? undefined
  }
}

/** @param max UTF-16 code units, as AWS's length constraints count */
export function text(min: number, max: number): Read<string> {
  return (value, path) => {
    if (typeof value !== 'string') throw unreadable(path, 'a string')
    checkLength(value.length, min, max, path)
    // Half a surrogate pair has no UTF-8: what is stored or bound would not be what was sent.
    if (!value.isWellFormed()) throw invalid(path, 'Member must be well-formed Unicode')
    return value
  }
}

export function oneOf<const T extends string>(...words: readonly T[]): Read<T> {
  return (value, path) => {
    const word = text(0, 256)(value, path)
    const known = words.find((candidate) => candidate === word)
    if (known === undefined) throw invalid(path, `Member must satisfy enum value set: [${words.join(', ')}]`)
    return known
  }
}

/** One of `words`; AWS's other words for the same member are understood and refused. @throws StoreError NotImplemented */
export function oneSupported<const T extends string>(
  words: readonly T[],
  unsupported: readonly string[],
): Read<T> {
  const read = oneOf(...words, ...unsupported)
  return (value, path) => {
    const word = read(value, path)
    const supported = words.find((candidate) => candidate === word)
    if (supported === undefined) throw new StoreError('NotImplemented', `${path} ${word} is not supported.`)
    return supported
  }
}

export function whole(min: number, max: number): Read<number> {
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) throw unreadable(path, 'a whole number')
    if (value < min) throw invalid(path, `Member must have value greater than or equal to ${min}`)
    if (value > max) throw invalid(path, `Member must have value less than or equal to ${max}`)
    return value
  }
}

export const flag: Read<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw unreadable(path, 'a boolean')
  return value
}

/** The largest time a Date can hold (ECMA-262, "Time Values and Time Range"). */
const MAX_TIME_MS = 8.64e15

/** Seconds since the epoch with a fraction → ms. */
export const instant: Read<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw unreadable(path, 'a number of seconds')
  const time = Math.round(value * 1000)
  if (time < 0 || time > MAX_TIME_MS) throw invalid(path, 'Member must be a time after 1970')
  return time
}

/** Binary as base64. @param max bytes */
export function blob(min: number, max: number): Read<Buffer> {
  return (value, path) => {
    if (typeof value !== 'string') throw unreadable(path, 'base64')
    const bytes = decodeBase64(value)
    if (bytes === undefined) throw unreadable(path, 'base64')
    checkLength(bytes.length, min, max, path)
    return bytes
  }
}

export function listOf<T>(read: Read<T>, min: number, max: number): Read<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw unreadable(path, 'a list')
    checkLength(value.length, min, max, path)
    return value.map((member: unknown, index) => read(member, `${path}.${index + 1}.member`))
  }
}

export function structure<T>(read: (members: Members) => T): Read<T> {
  return (value, path) => {
    if (!isStructure(value)) throw unreadable(path, 'a structure')
    return read(new Members(value, `${path}.`))
  }
}

/** Names and values of a map of strings. Object.fromEntries keeps a name like `__proto__` as a name. */
export const textMap: Read<Record<string, string>> = (value, path) => {
  if (!isStructure(value)) throw unreadable(path, 'a map')
  const pair = ([name, member]: [string, unknown]) => [
    text(1, Infinity)(name, `${path} key`),
    text(0, Infinity)(member, `${path} value`),
  ]
  return Object.fromEntries(Object.entries(value).map(pair)) as Record<string, string>
}

/** A JSON object; the document of a request, too. */
export function isStructure(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkLength(length: number, min: number, max: number, path: string): void {
  if (length < min) throw invalid(path, `Member must have length greater than or equal to ${min}`)
  if (length > max) throw invalid(path, `Member must have length less than or equal to ${max}`)
}

function invalid(path: string, constraint: string): StoreError {
  const message = `1 validation error detected: Value at '${path}' failed to satisfy constraint: ${constraint}`
  return new StoreError('InvalidArgument', message, { argument: path })
}

function unreadable(path: string, expected: string): StoreError {
  return new StoreError('MalformedJSON', `${path} cannot be read as ${expected}.`, { argument: path })
}
