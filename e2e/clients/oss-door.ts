import { createRequire } from 'node:module'
import type { OssClient, OssOptions } from '@/lib/dialects/oss/ali-oss.test-support'
import type { Coffer, Credentials } from '../coffer.ts'
import type { Door, Listed, Part, Seen, Stored } from './door.ts'
import { textOf, withPrefix } from './door.ts'

interface Answer {
  res: { headers: Record<string, string> }
}
/** What the SDK has beside what its description for our tests names. */
interface MoreOfOss {
  list(query: object): Promise<{
    objects?: { name: string; size: number; lastModified: string; etag: string; storageClass: string }[]
    prefixes: string[] | null
    nextMarker: string | null
  }>
  append(name: string, body: Buffer, options: object): Promise<Answer>
  restore(name: string, options?: object): Promise<Answer>
  initMultipartUpload(name: string, options?: object): Promise<{ uploadId: string }>
  uploadPart(
    name: string,
    uploadId: string,
    number: number,
    file: Buffer,
    start: number,
    end: number,
  ): Promise<Answer>
  listParts(
    name: string,
    uploadId: string,
    query?: object,
  ): Promise<{ parts: ListedPart | ListedPart[] | undefined }>
  completeMultipartUpload(name: string, uploadId: string, parts: Part[]): Promise<Answer>
  listUploads(query: object): Promise<{ uploads: { name: string; uploadId: string }[] }>
}
type ListedPart = Record<'PartNumber' | 'ETag' | 'Size', string>

const OSS = createRequire(import.meta.url)('ali-oss') as new (
  options: OssOptions & { headerEncoding: string },
) => Omit<OssClient, 'list'> & MoreOfOss
const SSE = 'x-oss-server-side-encryption'
const DATA = 'x-oss-server-side-data-encryption'

export function ossDoor(coffer: Coffer, credentials: Credentials, bucket: string): Door {
  const oss = new OSS({
    accessKeyId: credentials.accessKeyId,
    accessKeySecret: credentials.secretAccessKey,
    endpoint: `http://127.0.0.1:${coffer.objectPort}`,
    bucket,
    region: 'oss-cn-hongkong',
    // the bytes of UTF-8 in headers, as all its sisters send them
    headerEncoding: 'latin1',
  })
  const written = (encryption: Stored, more: Record<string, string> = {}) => ({
    ...asked(encryption),
    ...more,
  })
  return {
    name: 'OSS',
    infrequent: 'IA',
    leastPart: 100 * 1024,
    knows: ({ mode }) => mode !== 'customer-key',
    says: saysOf,
    carries: (metadata) => metadata,
    async put(key, body, { encryption, metadata, tags, storageClass }) {
      const headers = written(encryption, {
        'Content-Type': 'text/plain',
        ...metadataHeaders(metadata),
        ...(tags && { 'x-oss-tagging': new URLSearchParams(tags).toString() }),
        ...(storageClass && { 'x-oss-storage-class': storageClass }),
      })
      await oss.put(key, body, { headers })
    },
    async get(key) {
      const { content, res } = await oss.get(key)
      return { ...seen(res.headers), body: content }
    },
    head: async (key) => seen((await oss.head(key)).res.headers),
    tags: async (key) => (await oss.getObjectTagging(key)).tag,
    async list({ prefix, limit = 1000, after, grouped }) {
      const answer = await oss.list({
        prefix,
        'max-keys': limit,
        ...(after !== undefined && { marker: after }),
        ...(grouped && { delimiter: '/' }),
      })
      return {
        objects: (answer.objects ?? []).map((object): Listed => ({
          key: object.name,
          size: object.size,
          lastModified: Date.parse(object.lastModified),
          etag: object.etag.toLowerCase(),
          storageClass: object.storageClass,
        })),
        prefixes: answer.prefixes ?? [],
        next: answer.nextMarker ?? undefined,
      }
    },
    async copy(from, to, encryption) {
      await oss.copy(to, from, { headers: written(encryption) })
    },
    // as update_object_meta: the request's metadata is what is stored
    async encrypt(key, encryption, { metadata, storageClass }) {
      const headers = written(encryption, {
        'Content-Type': 'text/plain',
        ...metadataHeaders(metadata),
        'x-oss-metadata-directive': 'REPLACE',
        'x-oss-storage-class': storageClass,
      })
      await oss.copy(key, key, { headers })
    },
    async restore(key) {
      await oss.restore(key, { type: 'Archive' })
    },
    async remove(key) {
      await oss.delete(key)
    },
    async append(key, position, body, encryption) {
      await oss.append(key, body, { position, headers: written(encryption) })
    },
    begin: async (key, encryption) =>
      (await oss.initMultipartUpload(key, { headers: written(encryption) })).uploadId,
    async part(key, upload, number, body) {
      await oss.uploadPart(key, upload, number, body, 0, body.length)
    },
    async parts(key, upload) {
      const { parts } = await oss.listParts(key, upload)
      return [parts ?? []].flat().map(({ PartNumber, ETag, Size }) => ({
        number: Number(PartNumber),
        etag: String(ETag),
        size: Number(Size),
      }))
    },
    async complete(key, upload, parts) {
      await oss.completeMultipartUpload(key, upload, parts)
    },
    async uploads(prefix) {
      const { uploads } = await oss.listUploads({ prefix, 'max-uploads': 1000 })
      return uploads.map(({ name, uploadId }) => ({ key: name, upload: uploadId }))
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
        [SSE]: 'KMS',
        ...(stored.suite === 'SM4' && { [DATA]: 'SM4' }),
        ...(stored.keyId !== undefined && { [`${SSE}-key-id`]: stored.keyId }),
      }
    case 'customer-key':
      throw new Error('OSS has no encryption under keys of customers')
  }
}

/** The same words; of a customer's key, none. */
function saysOf(stored: Stored): Record<string, string> {
  return stored.mode === 'customer-key' ? {} : asked(stored)
}

function metadataHeaders(metadata: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-oss-meta-${name}`, value]))
}

function seen(headers: Record<string, string>): Seen {
  return {
    etag: headers['etag']!.toLowerCase(),
    size: Number(headers['content-length']),
    lastModified: Date.parse(headers['last-modified']!),
    contentType: textOf(headers['content-type']!),
    metadata: withPrefix(headers, 'x-oss-meta-'),
    storageClass: headers['x-oss-storage-class']!,
    encryption: Object.fromEntries(
      Object.entries(headers).filter(([name]) => name.startsWith('x-oss-server-side-')),
    ),
  }
}
