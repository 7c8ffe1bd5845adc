import { command, type Command } from '../dialect.ts'
import { readLifecycle, type LifecycleVocabulary } from '../http/lifecycle-document.ts'
import { lifecycleNodes } from '../http/lifecycle-nodes.ts'
import { empty, xml } from './answers.ts'
import { requireContentMd5 } from './cors-operations.ts'
import type { BucketRequest } from './cos-request.ts'
import { readDocument } from './documents.ts'
import { CosRefusal } from './errors.ts'
import { isStorageClass, storageClassWord } from './storage-class.ts'

const ROOT = 'LifecycleConfiguration'
const VOCABULARY: LifecycleVocabulary = {
  storageClass: (word) => (isStorageClass(word.toUpperCase()) ? word.toUpperCase() : undefined),
  storageClassWord,
  form: 'filter',
  localMidnight: true,
}

export function getBucketLifecycle({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketLifecycle', bucket }, ({ configuration }) => {
    if (configuration !== undefined) return xml(ROOT, lifecycleNodes(configuration, VOCABULARY))
    throw new CosRefusal(
      { status: 404, code: 'NoSuchLifecycleConfiguration' },
      'InvalidRequest',
      'The lifecycle configuration does not exist.',
    )
  })
}

/** @throws StoreError InvalidRequest without Content-MD5, which COS asks for (document 436/8280) */
export async function putBucketLifecycle(request: BucketRequest): Promise<Command> {
  const { bucket } = request
  requireContentMd5(request)
  const configuration = readLifecycle(await readDocument(request, ROOT), VOCABULARY)
  return command({ name: 'PutBucketLifecycle', bucket, configuration }, () => empty(200))
}

export function deleteBucketLifecycle({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucketLifecycle', bucket }, () => empty(204))
}
