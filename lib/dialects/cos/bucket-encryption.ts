import type { BucketEncryptionRule } from '../../store/encryption-model.ts'
import { command, type Command } from '../dialect.ts'
import { childOf, childrenOf, malformed, textOf, type XmlElement } from '../http/xml-read.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { empty, xml } from './answers.ts'
import type { BucketRequest } from './cos-request.ts'
import { readDocument } from './documents.ts'
import { CosRefusal } from './errors.ts'
import { keyReference, kmsSuite } from './headers.ts'

const ROOT = 'ServerSideEncryptionConfiguration'
const BY_DEFAULT = 'ApplyServerSideEncryptionByDefault'
/** The Python SDK's own test calls it so, and COS takes it (tencent-cos.md, "Bucket encryption"). */
const ALIAS = 'ApplySideEncryptionConfiguration'

/** Here `KMS`, where the header of an object says `cos/kms`. */
const KMS = 'KMS'

/** A rule is replaced as a whole; objects that are there stay as they are (document 436/33459). */
export async function putBucketEncryption(request: BucketRequest): Promise<Command> {
  const document = await readDocument(request, ROOT)
  const [rule, ...more] = childrenOf(document, 'Rule')
  const byDefault = rule && (childOf(rule, BY_DEFAULT) ?? childOf(rule, ALIAS))
  if (byDefault === undefined || more.length > 0) throw malformed()
  return command({ name: 'PutBucketEncryption', bucket: request.bucket, rule: readRule(byDefault) }, () =>
    empty(200),
  )
}

function readRule(element: XmlElement): BucketEncryptionRule {
  const algorithm = textOf(element, 'SSEAlgorithm')?.trim()
  const keyRef = keyReference(textOf(element, 'KMSMasterKeyID')?.trim())
  const kmsAlgorithm = textOf(element, 'KMSAlgorithm')?.trim()
  if (algorithm === KMS)
    return {
      kind: 'managed-key',
      suite: kmsSuite(kmsAlgorithm, 'KMSAlgorithm'),
      bucketKeyEnabled: false,
      ...(keyRef !== undefined && { keyRef }),
    }
  if ((algorithm !== 'AES256' && algorithm !== 'SM4') || keyRef !== undefined || kmsAlgorithm)
    throw malformed()
  return { kind: 'service-key', suite: algorithm }
}

export function getBucketEncryption({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketEncryption', bucket }, ({ rule }) => {
    if (rule === undefined || rule.kind === 'none')
      throw new CosRefusal(
        { status: 404, code: 'NoSuchEncryptionConfiguration' },
        'InvalidRequest',
        'The bucket has no default encryption.',
      )
    return xml(ROOT, [['Rule', [[BY_DEFAULT, ruleNodes(rule)]]]])
  })
}

function ruleNodes(rule: Exclude<BucketEncryptionRule, { kind: 'none' }>): XmlNode[] {
  if (rule.kind === 'service-key') return [['SSEAlgorithm', rule.suite]]
  return [
    ['SSEAlgorithm', KMS],
    ...(rule.keyRef === undefined ? [] : ([['KMSMasterKeyID', rule.keyRef]] as XmlNode[])),
    ['KMSAlgorithm', rule.suite],
  ]
}

export function deleteBucketEncryption({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucketEncryption', bucket }, () => empty(204))
}
