import type { CompleteMultipartUpload, CreateMultipartUpload, UploadPart, Written } from './operations.ts'
import { bodyOf, keyFor, METADATA, run, type Bench, type Method } from './store.test-support.ts'

export async function initiate(
  bench: Bench,
  key: string,
  method: Method,
  changes: Partial<CreateMultipartUpload> = {},
): Promise<string> {
  const { uploadId } = await run(bench, {
    name: 'CreateMultipartUpload',
    bucket: bench.bucket,
    key,
    metadata: METADATA,
    storageClass: 'STANDARD',
    tags: {},
    encryption: method.encryption,
    ...changes,
  })
  return uploadId
}

export function uploadPart(
  bench: Bench,
  key: string,
  uploadId: string,
  partNumber: number,
  bytes: Buffer,
  changes: Partial<UploadPart> = {},
): Promise<Written> {
  return run(bench, {
    name: 'UploadPart',
    bucket: bench.bucket,
    key,
    uploadId,
    partNumber,
    body: bodyOf(bytes),
    contentLength: bytes.length,
    checks: {},
    ...changes,
  })
}

export function complete(
  bench: Bench,
  key: string,
  uploadId: string,
  parts: CompleteMultipartUpload['parts'],
  changes: Partial<CompleteMultipartUpload> = {},
): Promise<Written> {
  return run(bench, {
    name: 'CompleteMultipartUpload',
    bucket: bench.bucket,
    key,
    uploadId,
    parts,
    conditions: {},
    ...changes,
  })
}

/** A whole multipart upload, parts of these sizes numbered from 1. */
export async function uploadInParts(
  bench: Bench,
  key: string,
  bytes: Buffer,
  sizes: readonly number[],
  method: Method,
): Promise<Written> {
  const uploadId = await initiate(bench, key, method)
  const parts: CompleteMultipartUpload['parts'] = []
  let offset = 0
  for (const [i, size] of sizes.entries()) {
    const slice = bytes.subarray(offset, offset + size)
    const { etag } = await uploadPart(bench, key, uploadId, i + 1, slice, keyFor(method))
    parts.push({ number: i + 1, etag })
    offset += size
  }
  return complete(bench, key, uploadId, parts)
}
