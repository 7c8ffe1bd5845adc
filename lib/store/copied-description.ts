import type { ObjectMetadata, ObjectRow, Tags } from './model.ts'
import type { CopyObject } from './operations.ts'

/** What is said of an object beside its content. */
export interface Description {
  metadata: ObjectMetadata
  tags: Tags
  storageClass: string
}

type Described = Pick<ObjectRow, keyof Description>

/** Of a copy: what the request says, and of what it does not speak, what the source has or its family's default. */
export function copiedDescription(
  { metadata, redirect, tags, storageClass, defaultStorageClass }: CopyObject,
  source: Described,
): Description {
  return {
    metadata: withRedirect(metadata ?? source.metadata, redirect),
    tags: tags ?? source.tags,
    storageClass: storageClass ?? defaultStorageClass ?? source.storageClass,
  }
}

/** The redirect of a website "is unique to each object and is not copied" (S3 API reference, CopyObject). */
function withRedirect(metadata: ObjectMetadata, redirect: CopyObject['redirect']): ObjectMetadata {
  if (redirect === undefined) return metadata
  const { websiteRedirectLocation: _, ...others } = metadata
  const { location } = redirect
  return location === undefined ? others : { ...others, websiteRedirectLocation: location }
}
