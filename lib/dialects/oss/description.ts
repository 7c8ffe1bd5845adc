import { readTaggingHeader } from '../http/tagging-header.ts'
import { readObjectAcl } from './acl.ts'
import { readMetadata } from './metadata.ts'
import type { RequestFields } from './request-fields.ts'
import { readStorageClass } from './storage-class.ts'

/** What a write says of the object that it makes, beside content and encryption. @throws StoreError as each of them */
export function readDescription(fields: RequestFields) {
  return {
    metadata: readMetadata(fields),
    storageClass: readStorageClass(fields) ?? 'STANDARD',
    tags: readTaggingHeader(fields.escaped('x-oss-tagging')),
    acl: readObjectAcl(fields),
  }
}
