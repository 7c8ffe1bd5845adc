import { StoreError } from '../../errors.ts'

const VERSION = '1'

/** Continuation tokens are opaque to clients: the name to continue after, in a form that cannot be mistaken for one. */
export function encodeToken(after: string): string {
  return Buffer.from(VERSION + after).toString('base64url')
}

/** @throws StoreError InvalidArgument for anything `encodeToken` did not make */
export function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString()
  if (!text.startsWith(VERSION) || encodeToken(text.slice(1)) !== token)
    throw new StoreError('InvalidArgument', 'The continuation token provided is incorrect.', {
      argument: 'continuation-token',
    })
  return text.slice(1)
}
