import type { CustomerKey } from '../../store/encryption-model.ts'
import type { Caller, ObjectChecksum } from '../../store/model.ts'
import type { Written } from '../../store/operations.ts'
import { expirationHeader } from '../http/expiration-header.ts'
import { writeXml, type XmlContent, type XmlNode } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'
import { encryptionHeaders } from './headers.ts'

export function empty(status: number, headers: RawResponse['headers'] = {}): RawResponse {
  return { status, headers: status === 204 ? headers : { 'content-length': 0, ...headers }, body: null }
}

/** COS's documents have no namespace. */
export function xml(root: string, content: XmlContent, headers: RawResponse['headers'] = {}): RawResponse {
  const body = writeXml(root, undefined, content)
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'content-length': body.length, ...headers },
    body,
  }
}

export function quoted(etag: string): string {
  return `"${etag}"`
}

/** CRC-64/XZ of the plaintext as an unsigned decimal, in every mode; of what was written before it was kept, nothing. */
export function crc64Of(checksums: readonly ObjectChecksum[]): string | undefined {
  const crc64 = checksums.find(({ algorithm }) => algorithm === 'crc64ecma')
  return crc64 && Buffer.from(crc64.value, 'base64').readBigUInt64BE().toString()
}

export function crc64Header(checksums: readonly ObjectChecksum[]): Record<string, string> {
  const crc64 = crc64Of(checksums)
  return crc64 === undefined ? {} : { 'x-cos-hash-crc64ecma': crc64 }
}

export function versionHeader({ versionId }: { versionId?: string }): Record<string, string> {
  return versionId === undefined ? {} : { 'x-cos-version-id': versionId }
}

export function writtenHeaders(
  written: Written,
  customerKey: CustomerKey | undefined,
): Record<string, string> {
  return {
    etag: quoted(written.etag),
    ...crc64Header(written.checksums),
    ...encryptionHeaders(written.encryption, customerKey),
    ...versionHeader(written),
    ...expirationHeader('x-cos-expiration', written.expiration),
  }
}

/** COS names people by the account of their project, `uin`; a stranger is not told whose it is. */
export function ownerNodes(caller: Caller): XmlNode[] {
  const account = caller.kind === 'member' ? caller.account : ''
  return [
    ['ID', `qcs::cam::uin/${account}:uin/${account}`],
    ['DisplayName', account],
  ]
}
