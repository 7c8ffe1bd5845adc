import * as S3 from '@aws-sdk/client-s3'
import type { Door, Seen, Stored } from './door.ts'
import { md5 } from './door.ts'

/** @param keyArn of a key by its id */
export function s3Door(client: S3.S3Client, Bucket: string, keyArn: (keyId: string) => string): Door {
  const send = client.send.bind(client)
  const source = (key: string) => `${Bucket}/${encodeURIComponent(key)}`
  return {
    name: 'S3',
    infrequent: 'STANDARD_IA',
    leastPart: 5 * 2 ** 20,
    knows: (stored) => stored.mode === 'none' || stored.suite === 'AES256',
    says: (stored) => saysOf(stored, keyArn),
    carries: (metadata) => metadata,
    async put(Key, Body, { encryption, metadata, tags, storageClass }) {
      await send(
        new S3.PutObjectCommand({
          Bucket,
          Key,
          Body,
          ...asked(encryption),
          ContentType: 'text/plain',
          Metadata: encoded(metadata),
          ...(tags && { Tagging: new URLSearchParams(tags).toString() }),
          ...(storageClass && { StorageClass: storageClass as S3.StorageClass }),
        }),
      )
    },
    async get(Key, opened) {
      const answer = await send(new S3.GetObjectCommand({ Bucket, Key, ...opening(opened) }))
      return { ...seen(answer), body: Buffer.from(await answer.Body!.transformToByteArray()) }
    },
    head: async (Key, opened) =>
      seen(await send(new S3.HeadObjectCommand({ Bucket, Key, ...opening(opened) }))),
    async tags(Key) {
      const { TagSet = [] } = await send(new S3.GetObjectTaggingCommand({ Bucket, Key }))
      return Object.fromEntries(TagSet.map(({ Key: name, Value }) => [name!, Value!]))
    },
    async list({ prefix, limit, after, grouped }) {
      const answer = await send(
        new S3.ListObjectsV2Command({
          Bucket,
          Prefix: prefix,
          MaxKeys: limit,
          ContinuationToken: after,
          ...(grouped && { Delimiter: '/' }),
        }),
      )
      return {
        objects: (answer.Contents ?? []).map((object) => ({
          key: object.Key!,
          size: object.Size!,
          lastModified: object.LastModified!.getTime(),
          etag: object.ETag!.toLowerCase(),
          storageClass: object.StorageClass!,
        })),
        prefixes: (answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!),
        next: answer.NextContinuationToken,
      }
    },
    async copy(from, Key, encryption, opened) {
      const options = { ...asked(encryption), ...openingSource(opened) }
      await send(new S3.CopyObjectCommand({ Bucket, Key, CopySource: source(from), ...options }))
    },
    async encrypt(Key, encryption, { storageClass }, opened) {
      await send(
        new S3.CopyObjectCommand({
          Bucket,
          Key,
          CopySource: source(Key),
          ...asked(encryption),
          ...openingSource(opened),
          StorageClass: storageClass as S3.StorageClass,
        }),
      )
    },
    async restore(Key) {
      await send(new S3.RestoreObjectCommand({ Bucket, Key, RestoreRequest: { Days: 1 } }))
    },
    async remove(Key) {
      await send(new S3.DeleteObjectCommand({ Bucket, Key }))
    },
    async begin(Key, encryption) {
      const { UploadId } = await send(
        new S3.CreateMultipartUploadCommand({ Bucket, Key, ...asked(encryption) }),
      )
      return UploadId!
    },
    async part(Key, UploadId, PartNumber, Body) {
      await send(new S3.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))
    },
    async parts(Key, UploadId) {
      const { Parts = [] } = await send(new S3.ListPartsCommand({ Bucket, Key, UploadId }))
      return Parts.map(({ PartNumber, ETag, Size }) => ({ number: PartNumber!, etag: ETag!, size: Size! }))
    },
    async complete(Key, UploadId, parts) {
      const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }))
      await send(new S3.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }))
    },
    async uploads(Prefix) {
      const { Uploads = [] } = await send(new S3.ListMultipartUploadsCommand({ Bucket, Prefix }))
      return Uploads.map(({ Key, UploadId }) => ({ key: Key!, upload: UploadId! }))
    },
  }
}

function asked(stored: Stored) {
  switch (stored.mode) {
    case 'none':
      return {}
    case 'service-key':
      return { ServerSideEncryption: stored.suite as S3.ServerSideEncryption }
    case 'managed-key':
      return {
        ServerSideEncryption: 'aws:kms' as const,
        ...(stored.keyId !== undefined && { SSEKMSKeyId: stored.keyId }),
      }
    case 'customer-key':
      return opening(stored)
  }
}

function opening(stored: Stored | undefined) {
  if (stored?.mode !== 'customer-key') return {}
  return {
    SSECustomerAlgorithm: stored.suite,
    SSECustomerKey: stored.key.toString('base64'),
    SSECustomerKeyMD5: md5(stored.key),
  }
}

function openingSource(stored: Stored | undefined) {
  if (stored?.mode !== 'customer-key') return {}
  return {
    CopySourceSSECustomerAlgorithm: stored.suite,
    CopySourceSSECustomerKey: stored.key.toString('base64'),
    CopySourceSSECustomerKeyMD5: md5(stored.key),
  }
}

function saysOf(stored: Stored, keyArn: (keyId: string) => string): Record<string, string> {
  switch (stored.mode) {
    case 'none':
      return {}
    case 'service-key':
      return { ServerSideEncryption: stored.suite }
    case 'managed-key':
      return { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn(stored.keyId!) }
    case 'customer-key':
      return { SSECustomerAlgorithm: stored.suite, SSECustomerKeyMD5: md5(stored.key) }
  }
}

function seen(answer: S3.HeadObjectCommandOutput): Seen {
  const said = Object.entries(answer).filter(([name]) => /^(?:ServerSide|SSE)/.test(name))
  return {
    etag: answer.ETag!.toLowerCase(),
    size: answer.ContentLength!,
    lastModified: answer.LastModified!.getTime(),
    contentType: answer.ContentType!,
    metadata: Object.fromEntries(
      Object.entries(answer.Metadata ?? {}).map(([name, value]) => [name, decoded(value)]),
    ),
    storageClass: answer.StorageClass ?? 'STANDARD',
    encryption: Object.fromEntries(said.map(([name, value]) => [name, String(value)])),
  }
}

/** What is not ASCII travels to and from S3 as words of RFC 2047. */
function encoded(metadata: Record<string, string> | undefined): Record<string, string> | undefined {
  return (
    metadata &&
    Object.fromEntries(
      Object.entries(metadata).map(([name, value]) => [
        name,
        /^[\x20-\x7e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`,
      ]),
    )
  )
}

function decoded(value: string): string {
  const word = /^=\?UTF-8\?B\?(.*)\?=$/.exec(value)?.[1]
  return word === undefined ? value : Buffer.from(word, 'base64').toString()
}
