import { command, type Command } from '../dialect.ts'
import { readLifecycle, type LifecycleVocabulary } from '../http/lifecycle-document.ts'
import { lifecycleNodes } from '../http/lifecycle-nodes.ts'
import { empty, xml } from './answers.ts'
import { requireDocument } from './documents.ts'
import { OssRefusal } from './errors.ts'
import type { BucketRequest } from './oss-request.ts'
import { storageClassOf, storageClassWord } from './storage-class.ts'

const ROOT = 'LifecycleConfiguration'
const VOCABULARY: LifecycleVocabulary = { storageClass: storageClassOf, storageClassWord, form: 'rule' }

export function getBucketLifecycle({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketLifecycle', bucket }, ({ configuration }) => {
    if (configuration !== undefined) return xml(ROOT, lifecycleNodes(configuration, VOCABULARY))
    throw new OssRefusal(
      { status: 404, code: 'NoSuchLifecycle' },
      'InvalidRequest',
      'No Row found in Lifecycle Table.',
      { bucket },
    )
  })
}

/**
 * Rules by last access (`AtimeBase`, `IsAccessTime`) and exceptions (`Not`) are refused. Rules may overlap without
 * x-oss-allow-same-action-overlap: what comes first happens.
 */
export async function putBucketLifecycle(request: BucketRequest): Promise<Command> {
  const { bucket } = request
  const configuration = readLifecycle(await requireDocument(request, ROOT), VOCABULARY)
  return command({ name: 'PutBucketLifecycle', bucket, configuration }, () => empty(200))
}

export function deleteBucketLifecycle({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucketLifecycle', bucket }, () => empty(204))
}
