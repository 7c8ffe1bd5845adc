import { baseName } from '@/lib/console/object-key'
import type { Results } from '@/lib/store/operations'
import { attachment } from './attachment'
import { webStream } from './respond'

/**
 * A decrypted object as a file to keep. It never becomes a page of ours: attachment, no sniffing, and a sandbox should a
 * browser show it all the same.
 */
export function fileResponse(key: string, { object, length, body }: Results['GetObject']): Response {
  return new Response(webStream(body), {
    headers: {
      'content-type': object.metadata.contentType,
      'content-length': String(length),
      'content-disposition': attachment(baseName(key)),
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-store',
    },
  })
}
