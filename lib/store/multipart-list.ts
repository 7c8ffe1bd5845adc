import { authorizedBucket } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import { mayDecrypt } from './encryption.ts'
import { openEtag, partBinding } from './etag.ts'
import { listingConditions } from './list-objects.ts'
import type { Caller } from './model.ts'
import { openUpload, uploadSeal } from './multipart-upload.ts'
import type { ListMultipartUploads, ListParts, RequestContext, Results } from './operations.ts'

const MAX_PAGE = 1000

export async function listParts(
  deps: StoreDeps,
  operation: ListParts,
  caller: Caller,
  context: RequestContext,
): Promise<Results['ListParts']> {
  const asker = { caller, context }
  const opened = await openUpload(deps, operation, asker, 's3:ListMultipartUploadParts')
  const { objectId, initiator, storageClass, checksumAlgorithm, checksumType } = opened.upload
  const limit = Math.min(operation.limit, MAX_PAGE)
  const seal = await uploadSeal(deps, opened)
  const disclosed = await mayDecrypt(deps, opened.bucket, operation.key, opened.upload.encryption, asker)
  const rows = await deps.catalog.listParts(objectId, operation.after, limit + 1)
  const page = rows.slice(0, limit)
  const parts = page.map((row) => ({
    number: row.number,
    size: row.size,
    etag: openEtag(deps.keyring, partBinding(objectId, row.blobId), row.etag),
    lastModified: row.uploadedAt,
    checksums: disclosed ? seal.openChecksums(row.checksums) : [],
  }))
  return {
    parts,
    next: rows.length > limit ? page.at(-1)?.number : undefined,
    initiator,
    storageClass,
    checksumAlgorithm,
    checksumType,
  }
}

export async function listMultipartUploads(
  deps: StoreDeps,
  operation: ListMultipartUploads,
  caller: Caller,
  context: RequestContext,
): Promise<Results['ListMultipartUploads']> {
  const bucket = await authorizedBucket(deps, { caller, context }, operation.bucket, {
    action: 's3:ListBucketMultipartUploads',
    conditions: () => listingConditions(operation),
  })
  const { prefix, delimiter, afterKey, afterUploadId } = operation
  const limit = Math.min(operation.limit, MAX_PAGE)
  if (limit <= 0) return { uploads: [], commonPrefixes: [], next: undefined }
  const { bucketId } = bucket
  const page = await deps.catalog.listUploads({
    bucketId,
    prefix,
    delimiter,
    afterKey,
    afterUploadId,
    limit,
  })
  const uploads = await Promise.all(
    page.uploads.map(
      async ({
        objectId,
        key,
        uploadId,
        initiatedAt,
        initiator,
        storageClass,
        checksumAlgorithm,
        checksumType,
      }) => ({
        key,
        uploadId,
        initiatedAt,
        initiator,
        storageClass,
        checksumAlgorithm,
        checksumType,
        ...(operation.withTotals && { totals: await deps.catalog.partTotals(objectId) }),
      }),
    ),
  )
  return { uploads, commonPrefixes: page.commonPrefixes, next: page.next }
}
