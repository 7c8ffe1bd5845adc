import { createHash } from 'node:crypto'

const MAGIC = 'coffer-wrapped-root 1'

/** What wraps a root; written into the file, so that one made by another is told from a wrong key. */
export type WrapperName = 'passphrase' | 'pkcs11' | 'vault' | 'aws-kms'

/**
 * The text of a wrapped root, four lines: `coffer-wrapped-root 1`, who wrapped it, the wrapped root in base64, and
 * 16 hex digits that tell a whole file from a half-written or mistyped one. Holds no secret.
 */
export function encodeWrappedRoot(wrapper: WrapperName, wrapped: Buffer): string {
  const body = `${MAGIC}\n${wrapper}\n${wrapped.toString('base64')}\n`
  return `${body}${checksum(body)}\n`
}

/** undefined when the text is not a whole wrapped root of this version. */
export function decodeWrappedRoot(text: string): { wrapper: string; wrapped: Buffer } | undefined {
  const unix = text.replaceAll('\r\n', '\n')
  const [, body = '', wrapper = '', base64 = '', digits] =
    /^(coffer-wrapped-root 1\n([a-z0-9-]+)\n([A-Za-z0-9+/]+={0,2})\n)([0-9a-f]{16})\n?$/.exec(unix) ?? []
  if (digits === undefined || checksum(body) !== digits) return undefined
  return { wrapper, wrapped: Buffer.from(base64, 'base64') }
}

function checksum(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16)
}
