import type { HttpRequest } from '../http/request.ts'
import { speaksOss } from './claim.ts'
import type { OssHosts } from './hosts.ts'

const FORM_FIELDS = /^(?:OSSAccessKeyId$|x-oss-)/i

/**
 * Is this request OSS's? A signature scheme says most: a client with another vendor's is that vendor's, for OSS itself speaks
 * S3 as well. Then the name, then the headers, which anonymous requests have, too.
 */
export function recogniseOss(request: HttpRequest, hosts: OssHosts): boolean {
  if (speaksOss(request)) return true
  const { raw, form, rawQuery } = request
  const authorization = raw.headers.authorization
  if (authorization !== undefined && authorization.trim() !== '') return false
  if (form?.fields.some(({ name }) => FORM_FIELDS.test(name))) return true
  if (/(?:^|&)(?:X-Amz-Algorithm|q-sign-algorithm|sign)=/i.test(rawQuery)) return false
  return hosts.isOss(raw.headers.host) || Object.keys(raw.headers).some((name) => name.startsWith('x-oss-'))
}
