import { StoreError } from '../../errors.ts'
import { Digests, verifyChecks } from '../../store/digests.ts'
import { readAll } from '../http/body.ts'
import { malformed, readXml, textOf, type XmlElement } from '../http/xml-read.ts'
import { OssRefusal } from './errors.ts'
import type { OssRequest } from './oss-request.ts'
import { readContentChecks } from './write-headers.ts'

const MEBIBYTE = 2 ** 20

/**
 * Reads a request's XML, checked against Content-MD5 before a byte of it is parsed. Anonymous callers are refused first:
 * nobody unknown makes the server read and parse documents.
 * @param limit bytes
 * @returns undefined when the body is empty
 * @throws StoreError AccessDenied | EntityTooLarge | IncompleteBody | MalformedXML | BadDigest | what the body throws
 */
export async function readDocument(
  { content, fields, caller }: OssRequest,
  root: string,
  limit = MEBIBYTE,
): Promise<XmlElement | undefined> {
  if (caller.kind === 'anonymous') throw new StoreError('AccessDenied', 'Access Denied')
  const checks = readContentChecks(fields)
  const bytes = await readAll(content.body, limit)
  if (content.length !== undefined && content.length !== bytes.length)
    throw new StoreError('IncompleteBody', 'The body is not as long as Content-Length says.')
  const digests = new Digests(checks.md5 ? ['md5'] : [])
  await digests.update(bytes)
  await digests.finish()
  verifyChecks(checks, digests)
  if (bytes.length === 0) return undefined
  const element = readXml(decodeUtf8(bytes))
  if (element.name !== root) throw malformed()
  return element
}

/** For operations that cannot do without. @throws StoreError MalformedXML when the body is empty */
export async function requireDocument(...parameters: Parameters<typeof readDocument>): Promise<XmlElement> {
  const document = await readDocument(...parameters)
  if (document === undefined) throw malformed()
  return document
}

/** DeleteMultipleObjects: a damaged document would delete other objects. */
export function requireContentMd5({ fields }: OssRequest): void {
  if (fields.nonEmpty('content-md5') === undefined)
    throw new OssRefusal(
      { status: 400, code: 'MissingArgument' },
      'InvalidRequest',
      'Missing Some Required Arguments: Content-MD5.',
      { argument: 'Content-MD5' },
    )
}

export function trimmed(element: XmlElement, name: string): string | undefined {
  return textOf(element, name)?.trim() || undefined
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw malformed()
  }
}
