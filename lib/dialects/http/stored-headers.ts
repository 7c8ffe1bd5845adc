import { StoreError } from '../../errors.ts'
import type { ObjectMetadata } from '../../store/model.ts'
import { isHeaderSafe, textToHeader } from './text.ts'

/** HTTP's own headers that every family stores with an object (RFC 9110 §8, RFC 9111 §5.2, RFC 6266). */
const STORED = [
  ['contentType', 'content-type'],
  ['cacheControl', 'cache-control'],
  ['contentDisposition', 'content-disposition'],
  ['contentEncoding', 'content-encoding'],
  ['contentLanguage', 'content-language'],
  ['expires', 'expires'],
] as const

/** What names user metadata may have in a header (RFC 9110 §5.1, lower-case). */
export const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/

/** Reads them; `of` gives the text of a header, undefined for one that is not to be stored. */
export function readStoredHeaders(
  of: (header: string) => string | undefined,
  defaultContentType: string,
): Omit<ObjectMetadata, 'userMetadata'> {
  const given = STORED.flatMap(([name, header]) => {
    const value = of(header)
    return value === undefined ? [] : [[name, value] as const]
  })
  return { contentType: defaultContentType, ...Object.fromEntries(given) }
}

/** Those of an answer. A value that would end a header line (stored through another door) is left out. */
export function storedHeaders(metadata: ObjectMetadata, defaultContentType: string): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': defaultContentType }
  for (const [name, header] of STORED) putHeader(headers, header, metadata[name])
  return headers
}

/** Sets a header unless there is none or it cannot be one. */
export function putHeader(headers: Record<string, string>, name: string, value: string | undefined): void {
  if (value !== undefined && isHeaderSafe(value)) headers[name] = textToHeader(value)
}

/**
 * User metadata from headers of one prefix, whose names and values together are bounded.
 * @param entries without the prefix
 * @throws StoreError MetadataTooLarge
 */
export function boundedUserMetadata(
  entries: readonly (readonly [name: string, value: string])[],
  maximum: number,
  message: string,
): Record<string, string> {
  const size = entries.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  )
  if (size > maximum) throw new StoreError('MetadataTooLarge', message, { size, maximum })
  return Object.fromEntries(entries.filter(([name]) => name !== ''))
}
