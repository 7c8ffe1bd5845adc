import { StoreError } from '../../errors.ts'
import type { CustomerKey } from '../../store/encryption-model.ts'
import type { CopySource, Written } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { expirationHeader } from '../http/expiration-header.ts'
import { formatIsoDate } from '../http/dates.ts'
import { decodePercent } from '../http/percent.ts'
import type { XmlNode } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'
import { readObjectAcl } from './acl.ts'
import { quoted, xml } from './answers.ts'
import type { ObjectRequest } from './aws-request.ts'
import { checksumElement, ofS3, parseAlgorithm } from './checksums.ts'
import {
  customerKeyOf,
  encryptionHeaders,
  readCopySourceKey,
  readCustomerKey,
  readEncryption,
} from './headers.ts'
import { readMetadata, readRedirect } from './metadata.ts'
import { requireUpload } from './multipart-operations.ts'
import { readLock } from './object-lock.ts'
import { readReadConditions, readWriteConditions } from './object-operations.ts'
import { readStorageClass } from './storage-class.ts'
import { readTags } from './tag-rules.ts'
import { versionHeaders } from './versions.ts'
import { checkWriteHeaders } from './write-headers.ts'

export function copyObject(request: ObjectRequest): Command {
  const { bucket, key, headers, secure } = request
  checkWriteHeaders(headers)
  const encryption = readEncryption(headers, secure)
  const checksumAlgorithm = parseAlgorithm(headers.get('x-amz-checksum-algorithm'))
  return command(
    {
      name: 'CopyObject',
      bucket,
      key,
      source: readCopySource(request),
      metadata: replaces(request, 'x-amz-metadata-directive') ? readMetadata(headers) : undefined,
      redirect: readRedirect(headers),
      tags: replaces(request, 'x-amz-tagging-directive') ? readTags(headers) : undefined,
      storageClass: readStorageClass(headers),
      // A copy does not take over its source's (S3 API reference, CopyObject).
      defaultStorageClass: 'STANDARD',
      encryption,
      ...(checksumAlgorithm && { checksumAlgorithm }),
      conditions: readWriteConditions(headers),
      acl: readObjectAcl(headers, request.caller),
      ...readLock(headers),
    },
    (written) => copied('CopyObjectResult', written, customerKeyOf(encryption)),
  )
}

export function uploadPartCopy(request: ObjectRequest): Command {
  const { bucket, key, headers, secure } = request
  const customerKey = readCustomerKey(headers, secure)
  const range = readCopyRange(headers.get('x-amz-copy-source-range'))
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
    (written) => copied('CopyPartResult', written, customerKey),
  )
}

function copied(root: string, written: Written, customerKey: CustomerKey | undefined): RawResponse {
  const nodes: XmlNode[] = [
    ['LastModified', formatIsoDate(written.lastModified)],
    ['ETag', quoted(written.etag)],
  ]
  for (const { algorithm, value, type } of ofS3(written.checksums))
    nodes.push([checksumElement(algorithm), value], ['ChecksumType', type])
  const { sourceVersionId } = written
  return xml(root, nodes, {
    ...encryptionHeaders(written.encryption, customerKey),
    ...versionHeaders(written),
    ...expirationHeader('x-amz-expiration', written.expiration),
    ...(sourceVersionId !== undefined && { 'x-amz-copy-source-version-id': sourceVersionId }),
  })
}

function replaces({ headers }: ObjectRequest, name: string): boolean {
  const directive = headers.get(name)
  if (directive !== undefined && directive !== 'COPY' && directive !== 'REPLACE')
    throw new StoreError('InvalidArgument', 'Unknown metadata directive.', {
      argument: name,
      value: directive,
    })
  return directive === 'REPLACE'
}

/**
 * `x-amz-copy-source: /bucket/key[?versionId=…]`, URL-encoded as a whole (some clients escape its slashes too). An empty or key-less source is refused rather
 * than read as something else (CVE list of crypto-and-reliability.md §5).
 * @throws StoreError InvalidArgument | NotImplemented
 */
function readCopySource({ headers, secure }: ObjectRequest): CopySource {
  const header = headers.get('x-amz-copy-source') ?? ''
  if (header.startsWith('arn:')) throw new StoreError('NotImplemented', 'Access points are not implemented.')
  const [path = '', versionId] = header.split(/\?versionId=/, 2)
  const decoded = decodePercent(path).replace(/^\//, '')
  const slash = decoded.indexOf('/')
  const bucket = decoded.slice(0, Math.max(slash, 0))
  const key = decoded.slice(slash + 1)
  if (bucket === '' || key === '')
    throw new StoreError(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      { argument: 'x-amz-copy-source' },
    )
  const customerKey = readCopySourceKey(headers, secure)
  return {
    bucket,
    key,
    ...(versionId !== undefined && { versionId }),
    conditions: readReadConditions(headers, 'x-amz-copy-source-'),
    ...(customerKey && { customerKey }),
  }
}

function readCopyRange(header: string | undefined): { start: number; endInclusive: number } | undefined {
  if (header === undefined) return undefined
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header)
  const range = { start: Number(match?.[1]), endInclusive: Number(match?.[2]) }
  if (match === null || range.endInclusive < range.start)
    throw new StoreError(
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      { argument: 'x-amz-copy-source-range', value: header },
    )
  return range
}
