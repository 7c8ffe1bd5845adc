import { createHash, randomBytes, randomInt } from 'node:crypto'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const ACCESS_KEY_ID = /^CFR[A-Z2-7]{17}$/
const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** 32 random bytes in base64url: a session id or a one-time link. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of a token: SHA-256. Tokens are random, so a slow hash would add nothing. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

/** `CFR` and 17 characters of A–Z, 2–7: 20 in all, as S3 clients expect. */
export function newAccessKeyId(): string {
  return 'CFR' + randomCharacters(BASE32, 17)
}

export function isAccessKeyId(text: string): boolean {
  return ACCESS_KEY_ID.test(text)
}

/** 40 letters and digits, 238 bits: needs no escaping in a shell or URL, and a double click selects it whole. */
export function newSecretAccessKey(): string {
  return randomCharacters(ALPHANUMERIC, 40)
}

/** 12 digits, as in ARNs; the first is not 0, which spreadsheets and YAML would eat. */
export function newAccountNumber(): string {
  return String(randomInt(1e11, 1e12))
}

function randomCharacters(alphabet: string, count: number): string {
  return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join('')
}
