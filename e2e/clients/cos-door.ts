import COS from 'cos-nodejs-sdk-v5'
import type { Coffer, Credentials } from '../coffer.ts'
import type { Door, Seen, Stored } from './door.ts'
import { md5, textOf, withPrefix } from './door.ts'

const SSE = 'x-cos-server-side-encryption'
const Region = 'ap-guangzhou'

export function cosDoor(coffer: Coffer, credentials: Credentials, Bucket: string): Door {
  const cos = new COS({
    SecretId: credentials.accessKeyId,
    SecretKey: credentials.secretAccessKey,
    Protocol: 'http:',
    Domain: `127.0.0.1:${coffer.objectPort}/{Bucket}`,
  })
  const at = (Key: string) => ({ Bucket, Region, Key })
  const source = (key: string) => `${Bucket}.cos.${Region}.myqcloud.com/${encodeURIComponent(key)}`
  return {
    name: 'COS',
    infrequent: 'STANDARD_IA',
    leastPart: 2 ** 20,
    knows: () => true,
    says: saysOf,
    carries: encoded,
    async put(key, Body, { encryption, metadata, tags, storageClass }) {
      const Headers = {
        ...asked(encryption),
        ...metadataHeaders(metadata),
        ...(tags && { 'x-cos-tagging': new URLSearchParams(tags).toString() }),
        ...(storageClass && { 'x-cos-storage-class': storageClass }),
      }
      await cos.putObject({ ...at(key), Body, ContentType: 'text/plain', Headers })
    },
    async get(key, opened) {
      const { Body, headers } = await cos.getObject({ ...at(key), Headers: opening(opened) })
      return { ...seen(headers), body: Body }
    },
    head: async (key, opened) =>
      seen((await cos.headObject({ ...at(key), Headers: opening(opened) })).headers),
    async tags(key) {
      const { Tags } = await cos.getObjectTagging(at(key))
      return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))
    },
    async list({ prefix, limit = 1000, after, grouped }) {
      const answer = await cos.getBucket({
        Bucket,
        Region,
        Prefix: prefix,
        MaxKeys: limit,
        ...(after !== undefined && { Marker: after }),
        ...(grouped && { Delimiter: '/' }),
      })
      return {
        objects: answer.Contents.map((object) => ({
          key: object.Key,
          size: Number(object.Size),
          lastModified: Date.parse(object.LastModified),
          etag: object.ETag,
          storageClass: object.StorageClass,
        })),
        prefixes: answer.CommonPrefixes.map(({ Prefix }) => Prefix),
        next: answer.NextMarker,
      }
    },
    async copy(from, to, encryption, opened) {
      const Headers = { ...asked(encryption), ...openingSource(opened) }
      await cos.putObjectCopy({ ...at(to), CopySource: source(from), Headers })
    },
    async encrypt(key, encryption, { metadata, storageClass }, opened) {
      const Headers = {
        ...asked(encryption),
        ...openingSource(opened),
        ...metadataHeaders(metadata),
        'x-cos-storage-class': storageClass,
        'Content-Type': 'text/plain',
      }
      await cos.putObjectCopy({ ...at(key), CopySource: source(key), MetadataDirective: 'Replaced', Headers })
    },
    async restore(key) {
      const RestoreRequest = { Days: 1, CASJobParameters: { Tier: 'Standard' as const } }
      await cos.restoreObject({ ...at(key), RestoreRequest })
    },
    async remove(key) {
      await cos.deleteObject(at(key))
    },
    async append(key, Position, Body, encryption) {
      await cos.appendObject({ ...at(key), Position, Body, Headers: asked(encryption) })
    },
    begin: async (key, encryption) =>
      (await cos.multipartInit({ ...at(key), Headers: asked(encryption) })).UploadId,
    async part(key, UploadId, PartNumber, Body) {
      await cos.multipartUpload({ ...at(key), UploadId, PartNumber, Body })
    },
    async parts(key, UploadId) {
      const { Part } = await cos.multipartListPart({ ...at(key), UploadId })
      return Part.map(({ PartNumber, ETag, Size }) => ({
        number: Number(PartNumber),
        etag: ETag,
        size: Number(Size),
      }))
    },
    async complete(key, UploadId, parts) {
      const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }))
      await cos.multipartComplete({ ...at(key), UploadId, Parts })
    },
    async uploads(Prefix) {
      const { Upload } = await cos.multipartList({ Bucket, Region, Prefix, Delimiter: '' })
      return Upload.map(({ Key, UploadId }) => ({ key: Key, upload: UploadId }))
    },
  }
}

function asked(stored: Stored): Record<string, string> {
  switch (stored.mode) {
    case 'none':
      return {}
    case 'service-key':
      return { [SSE]: stored.suite }
    case 'managed-key':
      return {
        [SSE]: 'cos/kms',
        [`${SSE}-cos-kms-algorithm`]: stored.suite,
        ...(stored.keyId !== undefined && { [`${SSE}-cos-kms-key-id`]: stored.keyId }),
      }
    case 'customer-key':
      return opening(stored)
  }
}

function opening(stored: Stored | undefined, prefix = SSE): Record<string, string> {
  if (stored?.mode !== 'customer-key') return {}
  return {
    [`${prefix}-customer-algorithm`]: stored.suite,
    [`${prefix}-customer-key`]: stored.key.toString('base64'),
    [`${prefix}-customer-key-MD5`]: md5(stored.key),
  }
}

function openingSource(stored: Stored | undefined): Record<string, string> {
  return opening(stored, 'x-cos-copy-source-server-side-encryption')
}

/** The same words, but never the key. */
function saysOf(stored: Stored): Record<string, string> {
  if (stored.mode !== 'customer-key') return asked(stored)
  return {
    [`${SSE}-customer-algorithm`]: stored.suite,
    [`${SSE}-customer-key-md5`]: md5(stored.key),
  }
}

/** This SDK cannot send UTF-8 in headers: its signature is of other bytes than it writes. Its users encode. */
function encoded(metadata: Record<string, string>): Record<string, string> {
  const ascii = Object.entries(metadata).map(([name, value]): [string, string] => [
    name,
    /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value),
  ])
  return Object.fromEntries(ascii)
}

function metadataHeaders(metadata: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(encoded(metadata)).map(([name, value]) => [`x-cos-meta-${name}`, value]),
  )
}

function seen(headers: COS.Headers = {}): Seen {
  const named = headers as Record<string, string>
  return {
    etag: named['etag']!,
    size: Number(named['content-length']),
    lastModified: Date.parse(named['last-modified']!),
    contentType: textOf(named['content-type']!),
    metadata: withPrefix(named, 'x-cos-meta-'),
    storageClass: named['x-cos-storage-class'] ?? 'STANDARD',
    encryption: Object.fromEntries(Object.entries(named).filter(([name]) => name.startsWith(SSE))),
  }
}
