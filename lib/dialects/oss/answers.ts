import type { Caller, ObjectChecksum } from '../../store/model.ts'
import type { Written } from '../../store/operations.ts'
import { expirationHeader } from '../http/expiration-header.ts'
import { writeXml, type XmlContent, type XmlNode } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'
import { encryptionHeaders } from './headers.ts'

/** Checksums that a write keeps: CRC-64/XZ, which SDKs compare on up- and download, and the MD5 for Content-MD5. */
export const KEPT = { keep: ['crc64ecma', 'md5'], etag: 'md5' } as const

export function empty(status: number, headers: RawResponse['headers'] = {}): RawResponse {
  return { status, headers: status === 204 ? headers : { 'content-length': 0, ...headers }, body: null }
}

/** OSS's documents have no namespace. */
export function xml(root: string, content: XmlContent, headers: RawResponse['headers'] = {}): RawResponse {
  const body = writeXml(root, undefined, content)
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'content-length': body.length, ...headers },
    body,
  }
}

/** OSS writes the hex digits of its ETags upper-case. */
export function quoted(etag: string): string {
  return `"${etag.toUpperCase()}"`
}

/** CRC-64/XZ of the plaintext as an unsigned decimal; of what was written before it was kept, nothing. */
export function crc64Of(checksums: readonly ObjectChecksum[]): string | undefined {
  const crc64 = checksums.find(({ algorithm }) => algorithm === 'crc64ecma')
  return crc64 && Buffer.from(crc64.value, 'base64').readBigUInt64BE().toString()
}

export function crc64Header(checksums: readonly ObjectChecksum[]): Record<string, string> {
  const crc64 = crc64Of(checksums)
  return crc64 === undefined ? {} : { 'x-oss-hash-crc64ecma': crc64 }
}

/** Only Normal objects have one; multipart uploads keep no MD5 of the whole. */
export function md5Header(checksums: readonly ObjectChecksum[]): Record<string, string> {
  const md5 = checksums.find(({ algorithm, type }) => algorithm === 'md5' && type === 'FULL_OBJECT')
  return md5 === undefined ? {} : { 'content-md5': md5.value }
}

export function versionHeaders({
  versionId,
  deleteMarker,
}: {
  versionId?: string
  deleteMarker?: true
}): Record<string, string> {
  return {
    ...(versionId !== undefined && { 'x-oss-version-id': versionId }),
    ...(deleteMarker && { 'x-oss-delete-marker': 'true' }),
  }
}

export function writtenHeaders(written: Written): Record<string, string> {
  return {
    etag: quoted(written.etag),
    ...crc64Header(written.checksums),
    ...md5Header(written.checksums),
    ...encryptionHeaders(written.encryption),
    ...versionHeaders(written),
    ...expirationHeader('x-oss-expiration', written.expiration),
  }
}

/** Who asks, as the owner: a stranger whom a bucket policy lets in is not told whose project it is. */
export function ownerNode(caller: Caller): XmlNode {
  const account = caller.kind === 'member' ? caller.account : ''
  return [
    'Owner',
    [
      ['ID', account],
      ['DisplayName', account],
    ],
  ]
}
