import { StoreError } from '../../errors.ts'
import type { BucketEncryptionRule } from '../../store/encryption-model.ts'
import type { Tags } from '../../store/model.ts'
import type { ChecksumClaim, CompletedPart, ContentChecks, DeleteObjects } from '../../store/operations.ts'
import { Digests, verifyChecks } from '../../store/digests.ts'
import { readAll } from '../http/body.ts'
import { unquoteEtag } from '../http/etags.ts'
import { childOf, childrenOf, malformed, readXml, textOf, type XmlElement } from '../http/xml-read.ts'
import type { AwsRequest } from './aws-request.ts'
import { checksumAlgorithms, checksumElement, checkValue, readContentChecks } from './checksums.ts'
import { uniqueTags } from '../http/tagging-header.ts'

const MEBIBYTE = 2 ** 20
const MAX_DELETED_KEYS = 1000
const MAX_PARTS = 10_000

interface DocumentOptions {
  /** the client must vouch for the body: S3 demands it where a damaged document would do harm */
  integrity?: boolean
  /** x-amz-checksum-* speaks of the object to be, not of this document */
  checksumOfObject?: boolean
  /** bytes */
  limit?: number
}

/**
 * Reads a request's XML, checked against every digest the client sent, before a byte of it is parsed.
 * Anonymous callers are refused first: nobody unknown makes the server read and parse documents.
 * @returns undefined when the body is empty
 * @throws StoreError AccessDenied | EntityTooLarge | MalformedXML | BadDigest | InvalidRequest | what the body throws
 */
export async function readDocument(
  request: AwsRequest,
  root: string,
  options: DocumentOptions = {},
): Promise<XmlElement | undefined> {
  const { content, headers, caller } = request
  if (caller.kind === 'anonymous') throw new StoreError('AccessDenied', 'Access Denied')
  const checks: ContentChecks = options.checksumOfObject ? {} : readContentChecks(headers, content)
  if (options.integrity && !checks.md5 && !checks.checksum && !content.signed)
    throw new StoreError(
      'InvalidRequest',
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    )
  const bytes = await readAll(content.body, options.limit ?? MEBIBYTE)
  if (content.length !== undefined && content.length !== bytes.length)
    throw new StoreError(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length HTTP header',
    )
  const digests = new Digests([
    ...(checks.md5 ? (['md5'] as const) : []),
    ...(checks.checksum ? [checks.checksum.algorithm] : []),
  ])
  await digests.update(bytes)
  verifyChecks(checks, digests)
  if (bytes.length === 0) return undefined
  const element = readXml(decodeUtf8(bytes))
  if (element.name !== root) throw malformed()
  return element
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw malformed()
  }
}

/** Like `readDocument`, for operations that cannot do without. @throws StoreError MalformedXML when the body is empty */
export async function requireDocument(...parameters: Parameters<typeof readDocument>): Promise<XmlElement> {
  const document = await readDocument(...parameters)
  if (document === undefined) throw malformed()
  return document
}

/** `<CreateBucketConfiguration>`; an empty constraint means the default region. */
export async function readLocationConstraint(request: AwsRequest): Promise<string | undefined> {
  const document = await readDocument(request, 'CreateBucketConfiguration')
  if (document === undefined) return undefined
  if (childOf(document, 'Tags') || childOf(document, 'Bucket'))
    throw new StoreError('NotImplemented', 'Tags and bucket types are not implemented.')
  return textOf(document, 'LocationConstraint')?.trim() || undefined
}

/** `<Delete>` with 1…1,000 objects. @throws StoreError MalformedXML */
export async function readDelete(request: AwsRequest): Promise<Pick<DeleteObjects, 'objects' | 'quiet'>> {
  const document = await requireDocument(request, 'Delete', { integrity: true, limit: 2 * MEBIBYTE })
  const elements = childrenOf(document, 'Object')
  if (elements.length === 0 || elements.length > MAX_DELETED_KEYS) throw malformed()
  return { objects: elements.map(readDeletedObject), quiet: textOf(document, 'Quiet')?.trim() === 'true' }
}

function readDeletedObject(element: XmlElement): DeleteObjects['objects'][number] {
  const key = textOf(element, 'Key')
  if (key === undefined || key === '') throw malformed()
  if (childOf(element, 'LastModifiedTime') || childOf(element, 'Size'))
    throw new StoreError('NotImplemented', 'Conditions on time and size are not implemented.')
  const ifMatch = textOf(element, 'ETag')
  const versionId = textOf(element, 'VersionId')
  return {
    key,
    ...(ifMatch !== undefined && { ifMatch: unquoteEtag(ifMatch) }),
    ...(versionId && { versionId }),
  }
}

/** `<CompleteMultipartUpload>` with 1…10,000 parts. @throws StoreError MalformedXML | InvalidRequest */
export async function readCompletedParts(request: AwsRequest): Promise<CompletedPart[]> {
  const element = await requireDocument(request, 'CompleteMultipartUpload', {
    checksumOfObject: true,
    limit: 4 * MEBIBYTE,
  })
  const elements = childrenOf(element, 'Part')
  if (elements.length === 0 || elements.length > MAX_PARTS) throw malformed()
  return elements.map(readCompletedPart)
}

function readCompletedPart(element: XmlElement): CompletedPart {
  const number = textOf(element, 'PartNumber')?.trim() ?? ''
  const etag = textOf(element, 'ETag')
  if (!/^\d{1,5}$/.test(number) || etag === undefined) throw malformed()
  const checksums = readPartChecksums(element)
  return { number: Number(number), etag: unquoteEtag(etag), ...(checksums.length > 0 && { checksums }) }
}

function readPartChecksums(element: XmlElement): ChecksumClaim[] {
  return checksumAlgorithms.flatMap((algorithm) => {
    const value = textOf(element, checksumElement(algorithm))?.trim()
    if (value === undefined) return []
    checkValue(algorithm, value)
    return [{ algorithm, value }]
  })
}

/** `<Tagging><TagSet><Tag>…`. @throws StoreError MalformedXML | InvalidTag */
export async function readTagging(request: AwsRequest): Promise<Tags> {
  const document = await requireDocument(request, 'Tagging', { integrity: true })
  const set = childOf(document, 'TagSet')
  if (set === undefined) throw malformed()
  return uniqueTags(
    childrenOf(set, 'Tag').map((tag) => [requiredText(tag, 'Key'), requiredText(tag, 'Value')]),
  )
}

function requiredText(element: XmlElement, name: string): string {
  const text = textOf(element, name)
  if (text === undefined) throw malformed()
  return text
}

/**
 * `<ServerSideEncryptionConfiguration>` with its one rule (aws-s3.md §2.4). A rule that only blocks SSE-C sets
 * no default encryption.
 * @throws StoreError MalformedXML | InvalidArgument | UnsupportedEncryptionMethod
 */
export async function readEncryptionConfiguration(
  request: AwsRequest,
): Promise<{ rule: BucketEncryptionRule; customerKeysBlocked?: boolean }> {
  const document = await requireDocument(request, 'ServerSideEncryptionConfiguration', { integrity: true })
  const [rule, ...more] = childrenOf(document, 'Rule')
  if (rule === undefined || more.length > 0) throw malformed()
  const byDefault = childOf(rule, 'ApplyServerSideEncryptionByDefault')
  const blocked = readBlockedTypes(childOf(rule, 'BlockedEncryptionTypes'))
  if (byDefault === undefined && blocked === undefined) throw malformed()
  const bucketKeyEnabled = readFlag(textOf(rule, 'BucketKeyEnabled'))
  return {
    rule: byDefault ? readDefaultEncryption(byDefault, bucketKeyEnabled) : { kind: 'none' },
    ...(blocked !== undefined && { customerKeysBlocked: blocked }),
  }
}

function readDefaultEncryption(element: XmlElement, bucketKeyEnabled: boolean): BucketEncryptionRule {
  const algorithm = textOf(element, 'SSEAlgorithm')?.trim()
  const keyRef = textOf(element, 'KMSMasterKeyID')?.trim() || undefined
  if (algorithm === 'aws:kms')
    return { kind: 'managed-key', suite: 'AES256', bucketKeyEnabled, ...(keyRef !== undefined && { keyRef }) }
  if (algorithm === 'aws:kms:dsse')
    throw new StoreError('UnsupportedEncryptionMethod', 'The encryption method specified is not supported', {
      argument: 'SSEAlgorithm',
      value: algorithm,
    })
  if (algorithm !== 'AES256') throw malformed()
  if (keyRef !== undefined)
    throw new StoreError(
      'InvalidArgument',
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
      { argument: 'ApplyServerSideEncryptionByDefault' },
    )
  return { kind: 'service-key', suite: 'AES256' }
}

function readFlag(text: string | undefined): boolean {
  const flag = text?.trim()
  if (flag !== undefined && flag !== 'true' && flag !== 'false') throw malformed()
  return flag === 'true'
}

function readBlockedTypes(element: XmlElement | undefined): boolean | undefined {
  if (element === undefined) return undefined
  const types = childrenOf(element, 'EncryptionType').map(({ text }) => text.trim())
  if (types.length !== 1 || (types[0] !== 'SSE-C' && types[0] !== 'NONE')) throw malformed()
  return types[0] === 'SSE-C'
}
