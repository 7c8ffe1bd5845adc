import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { encodePercent } from '../http/percent.ts'

/** What a COS signature covers (document 436/7778, "Request Signature"). */
export interface SignedParts {
  method: string
  /** decoded, with its leading slash */
  path: string
  /** decoded names and values */
  parameters: readonly SignedPair[]
  headers: readonly SignedPair[]
}

export type SignedPair = readonly [name: string, value: string]

/** `get\n/exampleobject\nprefix=a\nhost=…\n`: names lower-case, names and values encoded, sorted. */
export function httpString({ method, path, parameters, headers }: SignedParts): string {
  return `${method.toLowerCase()}\n${path}\n${joined(parameters)}\n${joined(headers)}\n`
}

/** The name as lists and strings write it: encoded, then lower-case, its escapes included. */
export function canonicalName(name: string): string {
  return encodePercent(name).toLowerCase()
}

/** A repeated name is written once for each value, in the order of the values (Go SDK, `valuesSignMap`). */
function joined(pairs: readonly SignedPair[]): string {
  return pairs
    .map(([name, value]) => [canonicalName(name), value] as const)
    .sort(([a, v], [b, w]) => compare(a, b) || compare(v, w))
    .map(([name, value]) => `${name}=${encodePercent(value)}`)
    .join('&')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** @param keyTime `start;end` in seconds since the epoch, as the request writes it */
export function stringToSign(keyTime: string, signed: string): string {
  return `sha1\n${keyTime}\n${createHash('sha1').update(signed).digest('hex')}\n`
}

/** Hex; the next step uses the text, not the bytes it stands for. */
export function signKeyOf(secretKey: string, keyTime: string): string {
  return createHmac('sha1', secretKey).update(keyTime).digest('hex')
}

/** Hex. */
export function signatureOf(signKey: string, text: string): string {
  return createHmac('sha1', signKey).update(text).digest('hex')
}

/** In constant time: how much of a guess was right must not show. */
export function sameSignature(expected: string, given: string): boolean {
  const a = Buffer.from(expected)
  const b = Buffer.from(given)
  return a.length === b.length && timingSafeEqual(a, b)
}
