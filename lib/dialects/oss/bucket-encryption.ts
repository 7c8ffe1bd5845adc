import type { BucketEncryptionRule } from '../../store/encryption-model.ts'
import { command, type Command } from '../dialect.ts'
import { childOf, malformed, type XmlElement } from '../http/xml-read.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { empty, xml } from './answers.ts'
import { requireDocument, trimmed } from './documents.ts'
import { OssRefusal } from './errors.ts'
import { badAlgorithm, keyWithoutKms, readDataAlgorithm } from './headers.ts'
import type { BucketRequest } from './oss-request.ts'

export async function putBucketEncryption(request: BucketRequest): Promise<Command> {
  const { bucket } = request
  const document = await requireDocument(request, 'ServerSideEncryptionRule')
  const byDefault = childOf(document, 'ApplyServerSideEncryptionByDefault')
  if (byDefault === undefined) throw malformed()
  return command({ name: 'PutBucketEncryption', bucket, rule: readRule(byDefault) }, () => empty(200))
}

/**
 * The key is not looked for (aliyun-oss.md §2, "Bucket encryption"); the first upload finds out.
 * @throws StoreError in OSS's words
 */
function readRule(element: XmlElement): BucketEncryptionRule {
  const algorithm = trimmed(element, 'SSEAlgorithm')
  const keyRef = trimmed(element, 'KMSMasterKeyID')
  if (algorithm === 'KMS')
    return {
      kind: 'managed-key',
      suite: readDataAlgorithm(trimmed(element, 'KMSDataEncryption'), 'KMSDataEncryption'),
      bucketKeyEnabled: false,
      ...(keyRef !== undefined && { keyRef }),
    }
  if (algorithm !== 'AES256' && algorithm !== 'SM4') throw badAlgorithm(algorithm ?? '', 'SSEAlgorithm')
  if (keyRef !== undefined) throw keyWithoutKms('KMSMasterKeyID')
  return { kind: 'service-key', suite: algorithm }
}

export function getBucketEncryption({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketEncryption', bucket }, ({ rule }) => {
    const nodes = ruleNodes(rule)
    if (nodes === undefined)
      throw new OssRefusal(
        { status: 404, code: 'NoSuchServerSideEncryptionRule' },
        'InvalidRequest',
        'The server side encryption configuration is not found.',
        { bucket },
      )
    return xml('ServerSideEncryptionRule', [['ApplyServerSideEncryptionByDefault', nodes]])
  })
}

export function deleteBucketEncryption({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucketEncryption', bucket }, () => empty(204))
}

/** The rule as OSS writes it; undefined where there is none. */
export function ruleNodes(rule: BucketEncryptionRule | undefined): XmlNode[] | undefined {
  if (rule === undefined || rule.kind === 'none') return undefined
  if (rule.kind === 'service-key') return [['SSEAlgorithm', rule.suite]]
  const nodes: XmlNode[] = [['SSEAlgorithm', 'KMS']]
  if (rule.keyRef !== undefined) nodes.push(['KMSMasterKeyID', bareKeyId(rule.keyRef)])
  if (rule.suite === 'SM4') nodes.push(['KMSDataEncryption', 'SM4'])
  return nodes
}

/** A rule that came through S3 may name its key by ARN, which OSS's clients would not know. */
function bareKeyId(keyRef: string): string {
  return keyRef.replace(/^arn:.*:(?:key\/)?/s, '')
}
