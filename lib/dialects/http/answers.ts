import type { ObjectChecksum } from '../../store/model.ts'
import type { RawResponse } from '../raw.ts'
import { writeXml, type XmlContent } from './xml-write.ts'

/** An answer without a body. */
export function empty(status: number, headers: RawResponse['headers'] = {}): RawResponse {
  return { status, headers: status === 204 ? headers : { 'content-length': 0, ...headers }, body: null }
}

/** A document of OSS or COS, which have no namespace. */
export function xml(root: string, content: XmlContent, headers: RawResponse['headers'] = {}): RawResponse {
  const body = writeXml(root, undefined, content)
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'content-length': body.length, ...headers },
    body,
  }
}

/** CRC-64/XZ of the plaintext as an unsigned decimal, in every mode; of what was written before it was kept, nothing. */
export function crc64Of(checksums: readonly ObjectChecksum[]): string | undefined {
  const crc64 = checksums.find(({ algorithm }) => algorithm === 'crc64ecma')
  return crc64 && Buffer.from(crc64.value, 'base64').readBigUInt64BE().toString()
}
