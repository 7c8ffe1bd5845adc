import type { HttpRequest } from '../http/request.ts'
import { speaksCos } from './claim.ts'
import { isCosHost } from './hosts.ts'

/**
 * Is this request COS's? A signature scheme says most: a client with another vendor's is that vendor's even under a name
 * of COS, which speaks S3 as well. Then the name, then the headers, which anonymous requests have, too.
 */
export function recogniseCos(request: HttpRequest, cosDomains: readonly string[]): boolean {
  if (speaksCos(request)) return true
  const { raw, form } = request
  const authorization = raw.headers.authorization
  if (authorization !== undefined && authorization.trim() !== '') return false
  if (form?.fields.some(({ name }) => name.toLowerCase() === 'q-sign-algorithm')) return true
  if (/(?:^|&)X-Amz-Algorithm=/i.test(request.rawQuery)) return false
  return isCosHost(raw.headers.host, cosDomains) || Object.keys(raw.headers).some(isCosHeader)
}

function isCosHeader(name: string): boolean {
  return name.startsWith('x-cos-')
}
