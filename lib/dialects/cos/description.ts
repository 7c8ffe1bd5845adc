import { readTaggingHeader } from '../http/tagging-header.ts'
import { readObjectAcl } from './acl.ts'
import type { CosRequest } from './cos-request.ts'
import { readMetadata } from './metadata.ts'
import { readStorageClass } from './storage-class.ts'

/** What a write says of the object that it makes, beside content and encryption. @throws StoreError as each of them */
export function readDescription(request: Pick<CosRequest, 'fields' | 'caller'>) {
  const { fields } = request
  return {
    metadata: readMetadata(fields),
    storageClass: readStorageClass(fields) ?? 'STANDARD',
    tags: readTaggingHeader(fields.escaped('x-cos-tagging')),
    acl: readObjectAcl(request),
  }
}
