import { StoreError } from '../../errors.ts'
import { command, type Command } from '../dialect.ts'
import { childOf, malformed, textOf, type XmlElement } from '../http/xml-read.ts'
import { empty } from './answers.ts'
import type { ObjectRequest } from './aws-request.ts'
import { requireDocument } from './documents.ts'
import { readVersion } from './versions.ts'

/** A full key ARN; ids and aliases are refused, as S3 does (S3 API reference, UpdateObjectEncryption: SSEKMSEncryption). */
const KEY_ARN = /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/
const [SHORTEST_ARN, LONGEST_ARN] = [20, 2048]

/**
 * UpdateObjectEncryption: the data key of an SSE-S3 or SSE-KMS object is wrapped under another managed key. The object
 * keeps its cipher and its context, which S3 gives no way to change; other sources, and what would need its data to be
 * read, are refused (aws-s3.md §2.5).
 * @throws StoreError AccessDenied | MalformedXML | InvalidRequest | BadDigest | what the body throws
 */
export async function updateObjectEncryption(request: ObjectRequest): Promise<Command> {
  const { bucket, key, query } = request
  const version = readVersion(query)
  const document = await requireDocument(request, 'ObjectEncryption', { integrity: true })
  const target = { kind: 'managed-key', suite: 'AES256', context: {}, ...readTarget(document) } as const
  const onlyTheKey = { keyOnly: true, rewrapOnly: true }
  return command({ name: 'ModifyEncryption', bucket, key, ...version, target, ...onlyTheKey }, () =>
    empty(200),
  )
}

function readTarget(document: XmlElement): { keyRef: string; bucketKeyEnabled: boolean } {
  if (childOf(document, 'SSE-S3'))
    throw invalid('Objects can be changed to server-side encryption with AWS KMS keys only.')
  const managed = childOf(document, 'SSE-KMS')
  if (managed === undefined) throw malformed()
  const keyRef = textOf(managed, 'KMSKeyArn')?.trim() ?? ''
  if (keyRef.length < SHORTEST_ARN || keyRef.length > LONGEST_ARN || !KEY_ARN.test(keyRef))
    throw invalid('The KMSKeyArn must be the full Amazon Resource Name of a KMS key.')
  return { keyRef, bucketKeyEnabled: readFlag(textOf(managed, 'BucketKeyEnabled')) }
}

function readFlag(text: string | undefined): boolean {
  const flag = text?.trim()
  if (flag !== undefined && flag !== 'true' && flag !== 'false')
    throw invalid('The BucketKeyEnabled value is not valid.')
  return flag === 'true'
}

function invalid(message: string): StoreError {
  return new StoreError('InvalidRequest', message)
}
