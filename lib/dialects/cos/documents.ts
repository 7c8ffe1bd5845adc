import { StoreError } from '../../errors.ts'
import type { Tags } from '../../store/model.ts'
import type { CompletedPart, DeleteObjects } from '../../store/operations.ts'
import { Digests, verifyChecks } from '../../store/digests.ts'
import { readAll } from '../http/body.ts'
import { unquoteEtag } from '../http/etags.ts'
import { childOf, childrenOf, malformed, readXml, textOf, type XmlElement } from '../http/xml-read.ts'
import type { CosRequest } from './cos-request.ts'
import { uniqueTags } from '../http/tagging-header.ts'
import { readContentChecks } from './write-headers.ts'

const MEBIBYTE = 2 ** 20
const MAX_DELETED_KEYS = 1000
const MAX_PARTS = 10_000

/**
 * Reads a request's XML, checked against its Content-MD5 before a byte of it is parsed. Anonymous callers are refused first:
 * nobody unknown makes the server read and parse documents.
 * @throws StoreError AccessDenied | EntityTooLarge | MalformedXML | BadDigest | InvalidDigest | what the body throws
 */
export async function readDocument(request: CosRequest, root: string): Promise<XmlElement> {
  const document = await readOptionalDocument(request, root)
  if (document === undefined) throw malformed()
  return document
}

/** The same, undefined when the body is empty. */
export async function readOptionalDocument(
  request: CosRequest,
  root: string,
  limit = MEBIBYTE,
): Promise<XmlElement | undefined> {
  const bytes = await readBytes(request, limit)
  if (bytes.length === 0) return undefined
  const element = readXml(decodeUtf8(bytes))
  if (element.name !== root) throw malformed()
  return element
}

async function readBytes({ content, fields, caller }: CosRequest, limit: number): Promise<Buffer> {
  if (caller.kind === 'anonymous') throw new StoreError('AccessDenied', 'Access Denied')
  const checks = readContentChecks(fields)
  const bytes = await readAll(content.body, limit)
  if (content.length !== undefined && content.length !== bytes.length)
    throw new StoreError('IncompleteBody', 'The body is shorter than its Content-Length says')
  const digests = new Digests(checks.md5 ? ['md5'] : [])
  await digests.update(bytes)
  verifyChecks(checks, digests)
  return bytes
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw malformed()
  }
}

/** `<Delete><Quiet/><Object><Key/><VersionId/></Object>…` (document 436/8289). */
export async function readDelete(request: CosRequest): Promise<Pick<DeleteObjects, 'objects' | 'quiet'>> {
  const document = await readDocument(request, 'Delete')
  const objects = childrenOf(document, 'Object').map((object) => {
    const key = textOf(object, 'Key')
    const versionId = textOf(object, 'VersionId')?.trim()
    if (key === undefined || key === '') throw malformed()
    return { key, ...(versionId && { versionId }) }
  })
  if (objects.length === 0 || objects.length > MAX_DELETED_KEYS) throw malformed()
  return { objects, quiet: textOf(document, 'Quiet')?.trim().toLowerCase() === 'true' }
}

/** `<CompleteMultipartUpload><Part><PartNumber/><ETag/></Part>…`; ETags with quotes, escaped or not, or without. */
export async function readCompletedParts(request: CosRequest): Promise<CompletedPart[]> {
  const document = await readOptionalDocument(request, 'CompleteMultipartUpload', 4 * MEBIBYTE)
  const parts = (document ? childrenOf(document, 'Part') : []).map(readPart)
  if (parts.length === 0 || parts.length > MAX_PARTS) throw malformed()
  return parts
}

function readPart(part: XmlElement): CompletedPart {
  const number = textOf(part, 'PartNumber')?.trim() ?? ''
  const etag = textOf(part, 'ETag')
  if (!/^\d{1,5}$/.test(number) || etag === undefined) throw malformed()
  return { number: Number(number), etag: unquoteEtag(etag) }
}

/** `<Tagging><TagSet><Tag><Key/><Value/></Tag>…` @throws StoreError MalformedXML | InvalidTag */
export async function readTagging(request: CosRequest): Promise<Tags> {
  const document = await readDocument(request, 'Tagging')
  const set = childOf(document, 'TagSet')
  if (set === undefined) throw malformed()
  return uniqueTags(
    childrenOf(set, 'Tag').map((tag) => {
      const key = textOf(tag, 'Key')
      const value = textOf(tag, 'Value')
      if (key === undefined || value === undefined) throw malformed()
      return [key, value]
    }),
  )
}
