import { baseName } from '@/lib/console/object-key'
import { formatHttpDate } from '@/lib/dialects/http/dates'
import { contentRange, readRange } from '@/lib/dialects/http/range'
import type { Results } from '@/lib/store/operations'
import type { RequestedRange } from '@/lib/store/range'
import { attachment } from './attachment'
import { streamResponse } from './stream-response'

/** The rest of a file, for a browser that goes on with a download that broke off. */
export function askedRange({ headers }: Request): { range?: RequestedRange } {
  const range = readRange((name) => headers.get(name) ?? undefined)
  return range === undefined ? {} : { range }
}

/**
 * A decrypted object as a file to keep, or a range of it. It never becomes a page of ours: attachment, no sniffing, and a
 * sandbox should a browser show it all the same.
 */
export function fileResponse(
  request: Request,
  key: string,
  { object, range, length, body }: Results['GetObject'],
): Response {
  return streamResponse(request, body, () => ({
    status: range === undefined ? 200 : 206,
    headers: {
      'content-type': object.metadata.contentType,
      'content-length': String(length),
      ...contentRange(range, object.size),
      // Browsers go on with what has a strong validator only.
      'accept-ranges': 'bytes',
      etag: `"${object.etag}"`,
      'last-modified': formatHttpDate(object.lastModified),
      'content-disposition': attachment(baseName(key)),
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-store',
    },
  }))
}
