import type { RawResponse } from '../raw.ts'
import { writeXml, type XmlContent } from '../http/xml-write.ts'

export { empty } from '../http/answers.ts'

export const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

export function xml(
  root: string,
  content: XmlContent,
  headers: RawResponse['headers'] = {},
  status = 200,
): RawResponse {
  const body = writeXml(root, NAMESPACE, content)
  return {
    status,
    headers: { 'content-type': 'application/xml', 'content-length': body.length, ...headers },
    body,
  }
}

export function quoted(etag: string): string {
  return `"${etag}"`
}
