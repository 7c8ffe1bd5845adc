import type { CustomerKey } from '../../store/encryption-model.ts'
import type { Caller, ObjectChecksum } from '../../store/model.ts'
import type { Written } from '../../store/operations.ts'
import { expirationHeader } from '../http/expiration-header.ts'
import { crc64Of } from '../http/answers.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { encryptionHeaders } from './headers.ts'

export { crc64Of, empty, xml } from '../http/answers.ts'

export function quoted(etag: string): string {
  return `"${etag}"`
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
