import { isIP } from 'node:net'
import { StoreError } from '../../errors.ts'
import type { CustomerKey } from '../../store/encryption-model.ts'
import type { CopySource, Written } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import { decodePercent } from '../http/percent.ts'
import type { RawResponse } from '../raw.ts'
import { readObjectAcl } from './acl.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { crc64Of, quoted, versionHeader, xml } from './answers.ts'
import type { ObjectRequest } from './cos-request.ts'
import { COPY_SOURCE, mentionsCustomerKey, readCustomerKey } from './customer-key.ts'
import {
  customerKeyOf,
  encryptionHeaders,
  readEncryption,
  readPartEncryption,
  requireSameMethod,
} from './headers.ts'
import { bucketOfCosHost } from './hosts.ts'
import { readTaggingHeader } from '../http/tagging-header.ts'
import { readMetadata } from './metadata.ts'
import { requireUpload } from './multipart-operations.ts'
import { readStorageClass } from './storage-class.ts'
import { checkWriteHeaders, KEPT, readReadConditions, readWriteConditions } from './write-headers.ts'

const SOURCE = 'x-cos-copy-source'

/**
 * Neither encryption nor storage class come along from the source (document 436/10881); a copy onto itself with `Replaced`
 * and without an encryption header makes the object what the bucket's rule says, plaintext where there is none.
 */
export function copyObject(request: ObjectRequest): Command {
  const { bucket, key, fields } = request
  checkWriteHeaders(fields)
  const encryption = readEncryption(request)
  const storageClass = readStorageClass(fields) ?? 'STANDARD'
  return command(
    {
      name: 'CopyObject',
      bucket,
      key,
      source: readCopySource(request),
      metadata: replaces(request, 'x-cos-metadata-directive') ? readMetadata(fields) : undefined,
      tags: replaces(request, 'x-cos-tagging-directive')
        ? readTaggingHeader(fields.escaped('x-cos-tagging'))
        : undefined,
      storageClass,
      acl: readObjectAcl(request),
      encryption,
      keep: KEPT,
      conditions: readWriteConditions(fields),
      archivedKeepsEncryption: true,
    },
    (written) => copied('CopyObjectResult', written, customerKeyOf(encryption)),
  )
}

export function uploadPartCopy(request: ObjectRequest): Command {
  const { bucket, key, fields } = request
  const { customerKey, method } = readPartEncryption(request)
  const range = readCopyRange(fields.get(`${SOURCE}-range`))
  return command(
    {
      name: 'UploadPartCopy',
      bucket,
      key,
      ...requireUpload(request),
      source: readCopySource(request),
      ...(range && { range }),
      ...(customerKey && { customerKey }),
    },
    (written) => {
      requireSameMethod(method, written.encryption)
      return copied('CopyPartResult', written, customerKey)
    },
  )
}

function copied(root: string, written: Written, customerKey: CustomerKey | undefined): RawResponse {
  const crc64 = crc64Of(written.checksums)
  const nodes: XmlNode[] = [
    ['ETag', quoted(written.etag)],
    ...(crc64 === undefined ? [] : ([['CRC64', crc64]] as XmlNode[])),
    ['LastModified', formatIsoDate(written.lastModified)],
  ]
  if (written.versionId !== undefined) nodes.push(['VersionId', written.versionId])
  return xml(root, nodes, {
    ...encryptionHeaders(written.encryption, customerKey),
    ...versionHeader(written),
    ...(written.sourceVersionId !== undefined && { [`${SOURCE}-version-id`]: written.sourceVersionId }),
  })
}

/** COS's words are `Copy` and `Replaced`; S3's are understood, too. @throws StoreError InvalidArgument */
function replaces({ fields }: ObjectRequest, name: string): boolean {
  const directive = fields.get(name)
  switch (directive?.toLowerCase()) {
    case undefined:
    case 'copy':
      return false
    case 'replaced':
    case 'replace':
      return true
    default:
      throw new StoreError('InvalidArgument', `${name} can be Copy or Replaced`, {
        argument: name,
        value: directive,
      })
  }
}

/**
 * `x-cos-copy-source: <bucket's host>/<key>[?versionId=…]`, the key URL-encoded. SDKs write the host they know: Tencent's,
 * ours, or one with the bucket behind it. A source without a bucket or key is refused rather than read as something else.
 * @throws StoreError InvalidArgument | InvalidUri
 */
function readCopySource(request: ObjectRequest): CopySource {
  const { fields, secure } = request
  const [path = '', query = ''] = (fields.escaped(SOURCE) ?? '').split(/\?(?=versionId=)/, 2)
  const { bucket, key } = splitSource(decodeHead(path), request.objectDomains)
  if (bucket === '' || key === '')
    throw new StoreError(
      'InvalidArgument',
      `${SOURCE} must name a bucket and a key: <BucketName-APPID>.cos.<Region>.myqcloud.com/<key>`,
      { argument: SOURCE },
    )
  const versionId = decodePercent(query.slice('versionId='.length))
  const customerKey = mentionsCustomerKey(fields, COPY_SOURCE)
    ? readCustomerKey(fields, COPY_SOURCE, secure)
    : undefined
  return {
    bucket,
    key: decodePercent(key),
    conditions: readReadConditions(fields, `${SOURCE}-`),
    ...(versionId !== '' && { versionId }),
    ...(customerKey && { customerKey }),
  }
}

/** Some clients escape the slash behind the host, too. */
function decodeHead(path: string): string {
  const bare = path.replace(/^https?:\/\//i, '').replace(/^\//, '')
  return bare.includes('/') ? bare : decodePercent(bare)
}

function splitSource(path: string, objectDomains: readonly string[]): { bucket: string; key: string } {
  const slash = path.indexOf('/')
  const first = path.slice(0, Math.max(slash, 0))
  const rest = path.slice(slash + 1)
  const bucket = bucketOfCosHost(first, objectDomains)
  if (bucket !== undefined) return { bucket, key: rest }
  if (!isPlainHost(first, objectDomains)) return { bucket: first, key: rest }
  const second = rest.indexOf('/')
  return { bucket: rest.slice(0, Math.max(second, 0)), key: rest.slice(second + 1) }
}

/** A host in front of a bucket, as in path style, and not a bucket whose name has dots. */
function isPlainHost(text: string, objectDomains: readonly string[]): boolean {
  const name = text.toLowerCase().replace(/:\d+$/, '')
  const known = objectDomains.includes(name) || name === 'localhost' || isIP(name) !== 0
  return known || name !== text.toLowerCase() || /\.(?:myqcloud\.com|tencentcos\.cn)$/.test(name)
}

function readCopyRange(header: string | undefined): { start: number; endInclusive: number } | undefined {
  if (header === undefined) return undefined
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header)
  const range = { start: Number(match?.[1]), endInclusive: Number(match?.[2]) }
  if (match === null || range.endInclusive < range.start)
    throw new StoreError('InvalidArgument', `${SOURCE}-range must be bytes=first-last`, {
      argument: `${SOURCE}-range`,
      value: header,
    })
  return range
}
