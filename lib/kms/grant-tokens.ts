import { createHash, randomBytes } from 'node:crypto'
import { StoreError } from '../errors.ts'

/** CreateGrant (KMS API Reference). */
const MAX_TOKENS = 10
const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** A token and what is stored of it: it names a grant to who holds it, so the database keeps only its hash. */
export function newGrantToken(): { grantToken: string; tokenHash: Buffer } {
  const grantToken = randomBytes(32).toString('base64url')
  return { grantToken, tokenHash: grantTokenHash(grantToken) }
}

export function grantTokenHash(grantToken: string): Buffer {
  return createHash('sha256').update(grantToken).digest()
}

/**
 * KMS needs tokens until a new grant is known everywhere. Here a grant holds at once, so a token adds nothing: only
 * its form is checked, lest a client believe in a mistyped one.
 * @throws StoreError InvalidGrantToken | InvalidArgument
 */
export function checkGrantTokens(tokens: readonly string[]): void {
  if (tokens.length > MAX_TOKENS)
    throw new StoreError('InvalidArgument', `A request has at most ${MAX_TOKENS} grant tokens`, {
      argument: 'grantTokens',
    })
  if (tokens.every((token) => TOKEN.test(token))) return
  throw new StoreError('InvalidGrantToken', 'A grant token is not one of this key service')
}
