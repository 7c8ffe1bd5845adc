import type { Caller, ObjectChecksum } from '../../store/model.ts'
import type { Written } from '../../store/operations.ts'
import { expirationHeader } from '../http/expiration-header.ts'
import { crc64Of } from '../http/answers.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { encryptionHeaders } from './headers.ts'

export { crc64Of, empty, xml } from '../http/answers.ts'

/** Checksums that a write keeps: CRC-64/XZ, which SDKs compare on up- and download, and the MD5 for Content-MD5. */
export const KEPT = { keep: ['crc64ecma', 'md5'], etag: 'md5' } as const

/** OSS writes the hex digits of its ETags upper-case. */
export function quoted(etag: string): string {
  return `"${etag.toUpperCase()}"`
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
