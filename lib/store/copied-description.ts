import type { ObjectMetadata, ObjectRow, Tags } from './model.ts'
import type { CopyObject } from './operations.ts'

/** What is said of an object beside its content. */
export interface Description {
  metadata: ObjectMetadata
  tags: Tags
  storageClass: string
}

/** Of a copy: what the request says, and of what it does not speak, what the source has or its family's default. */
export function copiedDescription(
  { metadata, tags, storageClass, defaultStorageClass }: CopyObject,
  source: Pick<ObjectRow, keyof Description>,
): Description {
  return {
    metadata: metadata ?? source.metadata,
    tags: tags ?? source.tags,
    storageClass: storageClass ?? defaultStorageClass ?? source.storageClass,
  }
}
