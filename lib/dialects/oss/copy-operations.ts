import { StoreError } from '../../errors.ts'
import type { CopySource, Written } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import { decodePercent } from '../http/percent.ts'
import type { RawResponse } from '../raw.ts'
import { readObjectAcl } from './acl.ts'
import { crc64Header, KEPT, quoted, versionHeaders, xml } from './answers.ts'
import { encryptionHeaders, readEncryption, refuseMethodOfPart } from './headers.ts'
import { readTaggingHeader } from '../http/tagging-header.ts'
import { readMetadata } from './metadata.ts'
import { requireUpload } from './multipart-operations.ts'
import type { ObjectRequest } from './oss-request.ts'
import { readStorageClass } from './storage-class.ts'
import { checkWriteHeaders, readReadConditions, readWriteConditions } from './write-headers.ts'

const SOURCE = 'x-oss-copy-source'

/**
 * Encryption never comes along from the source: it is the request's, or the bucket's rule. `update_object_meta` of oss2,
 * `putMeta` of ali-oss and `set-meta` of ossutil are such copies of an object onto itself. ali-oss sends every header of a
 * copy again as `x-oss-copy-source-<header>`; those that mean nothing are passed over.
 */
export function copyObject(request: ObjectRequest): Command {
  const { bucket, key, fields } = request
  checkWriteHeaders(fields)
  const source = readCopySource(request)
  // A copy onto itself takes the request's metadata, whatever the directive says (Aliyun, "CopyObject").
  const itself = source.bucket === bucket && source.key === key && source.versionId === undefined
  const replaced = replaces(request, 'x-oss-metadata-directive') || itself
  const storageClass = readStorageClass(fields)
  return command(
    {
      name: 'CopyObject',
      bucket,
      key,
      source,
      metadata: replaced ? readMetadata(fields) : undefined,
      tags: replaces(request, 'x-oss-tagging-directive')
        ? readTaggingHeader(fields.escaped('x-oss-tagging'))
        : undefined,
      storageClass: storageClass ?? (itself ? undefined : 'STANDARD'),
      acl: readObjectAcl(fields),
      encryption: readEncryption(fields),
      keepsLink: true,
      ...KEPT,
      conditions: readWriteConditions(fields),
    },
    (written) => copied('CopyObjectResult', written),
  )
}

export function uploadPartCopy(request: ObjectRequest): Command {
  const { bucket, key, fields } = request
  refuseMethodOfPart(fields)
  const range = readCopyRange(fields.nonEmpty(`${SOURCE}-range`))
  return command(
    {
      name: 'UploadPartCopy',
      bucket,
      key,
      ...requireUpload(request),
      source: readCopySource(request),
      etag: 'md5',
      ...(range && { range }),
    },
    (written) => copied('CopyPartResult', written),
  )
}

function copied(root: string, written: Written): RawResponse {
  return xml(
    root,
    [
      ['ETag', quoted(written.etag)],
      ['LastModified', formatIsoDate(written.lastModified)],
    ],
    {
      etag: quoted(written.etag),
      ...crc64Header(written.checksums),
      ...encryptionHeaders(written.encryption),
      ...versionHeaders(written),
      ...(written.sourceVersionId !== undefined && { [`${SOURCE}-version-id`]: written.sourceVersionId }),
    },
  )
}

/** @throws StoreError InvalidArgument */
function replaces({ fields }: ObjectRequest, name: string): boolean {
  const directive = fields.nonEmpty(name)
  switch (directive?.toUpperCase()) {
    case undefined:
    case 'COPY':
      return false
    case 'REPLACE':
      return true
    default:
      throw new StoreError('InvalidArgument', `${name} must be COPY or REPLACE.`, {
        argument: name,
        value: directive,
      })
  }
}

/**
 * `x-oss-copy-source: /bucket/key[?versionId=…]`, the key URL-encoded, by oss2 with its slashes. A source without a bucket
 * or key is refused rather than read as something else.
 * @throws StoreError InvalidArgument | InvalidUri
 */
function readCopySource({ fields }: ObjectRequest): CopySource {
  const [path = '', version = ''] = (fields.escaped(SOURCE) ?? '').split(/\?versionId=/, 2)
  // Go's SDK escapes as forms do, with a plus for a blank; nobody leaves a plus of the key as it is.
  const decoded = decodePercent(path.replaceAll('+', ' ')).replace(/^\//, '')
  const slash = decoded.indexOf('/')
  const bucket = decoded.slice(0, Math.max(slash, 0))
  const key = decoded.slice(slash + 1)
  if (bucket === '' || key === '')
    throw new StoreError('InvalidArgument', `${SOURCE} must name a bucket and a key: /bucket/key`, {
      argument: SOURCE,
    })
  const versionId = decodePercent(version)
  return {
    bucket,
    key,
    conditions: readReadConditions(fields, `${SOURCE}-`),
    ...(versionId !== '' && { versionId }),
  }
}

function readCopyRange(header: string | undefined): { start: number; endInclusive: number } | undefined {
  if (header === undefined) return undefined
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header)
  const range = { start: Number(match?.[1]), endInclusive: Number(match?.[2]) }
  if (match === null || range.endInclusive < range.start)
    throw new StoreError('InvalidArgument', `${SOURCE}-range must be bytes=first-last.`, {
      argument: `${SOURCE}-range`,
      value: header,
    })
  return range
}
