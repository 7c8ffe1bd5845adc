import { StoreError } from '../../errors.ts'
import type { LifecycleConfiguration } from '../../store/lifecycle-model.ts'
import { command, type Command } from '../dialect.ts'
import { readLifecycle, type LifecycleVocabulary } from '../http/lifecycle-document.ts'
import { lifecycleNodes } from '../http/lifecycle-nodes.ts'
import { empty, xml } from './answers.ts'
import type { BucketRequest } from './aws-request.ts'
import { afterBucketExists } from './bucket-operations.ts'
import { requireDocument } from './documents.ts'
import { errorAnswer } from './errors.ts'
import type { RequestHeaders } from './request-headers.ts'
import { isStorageClass, storageClassWord } from './storage-class.ts'

const ROOT = 'LifecycleConfiguration'
const MINIMUM = 'x-amz-transition-default-minimum-object-size'
const VOCABULARY: LifecycleVocabulary = {
  storageClass: (word) => (isStorageClass(word) ? word : undefined),
  storageClassWord,
  form: 'filter',
}

export function getBucketLifecycle({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketLifecycle', bucket }, ({ configuration }) =>
    configuration === undefined
      ? errorAnswer(404, 'NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', [
          ['BucketName', bucket],
        ])
      : xml(ROOT, lifecycleNodes(configuration, VOCABULARY), minimumHeader(configuration)),
  )
}

export async function putBucketLifecycle(request: BucketRequest): Promise<Command> {
  const { bucket, headers } = request
  const transitionMinimum = readMinimum(headers)
  try {
    const document = await requireDocument(request, ROOT, { integrity: true })
    const configuration = { ...readLifecycle(document, VOCABULARY), transitionMinimum }
    return command({ name: 'PutBucketLifecycle', bucket, configuration }, () =>
      empty(200, minimumHeader(configuration)),
    )
  } catch (error) {
    return afterBucketExists(bucket, error)
  }
}

export function deleteBucketLifecycle({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucketLifecycle', bucket }, () => empty(204))
}

/** S3 user guide, "Transitioning objects": since September 2024 small objects stay where nobody says otherwise. */
function readMinimum(headers: RequestHeaders): NonNullable<LifecycleConfiguration['transitionMinimum']> {
  const value = headers.get(MINIMUM) ?? 'all_storage_classes_128K'
  if (value === 'all_storage_classes_128K' || value === 'varies_by_storage_class') return value
  throw new StoreError('InvalidRequest', 'Invalid transition default minimum object size.', {
    argument: MINIMUM,
    value,
  })
}

function minimumHeader({ transitionMinimum }: LifecycleConfiguration): Record<string, string> {
  return transitionMinimum === undefined ? {} : { [MINIMUM]: transitionMinimum }
}
