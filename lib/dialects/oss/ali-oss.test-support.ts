import type { Readable } from 'node:stream'

/** What the tests use of ali-oss, which brings no types of its own. */
export interface OssOptions {
  accessKeyId: string
  accessKeySecret: string
  endpoint: string
  bucket: string
  region: string
  authorizationV4?: boolean
  cname?: boolean
}

export interface OssResponse {
  status: number
  headers: Record<string, string>
}

type Headers = { headers?: Record<string, string> }
interface Answer {
  res: OssResponse
}
interface Listed {
  name: string
  type: string
  size: number
  etag: string
}

export interface OssClient {
  putBucket(name: string): Promise<Answer>
  getBucketInfo(name: string): Promise<Answer & { bucket: Record<string, unknown> }>
  getBucketLocation(name: string): Promise<Answer & { location: string }>
  getBucketEncryption(name: string): Promise<Answer & { encryption: Record<string, string> }>
  putBucketEncryption(name: string, rule: Record<string, string>): Promise<Answer>
  deleteBucketEncryption(name: string): Promise<Answer>
  put(name: string, content: Buffer, options?: Headers): Promise<Answer>
  putStream(name: string, stream: Readable, options?: Headers & { contentLength?: number }): Promise<Answer>
  putMeta(name: string, meta: Record<string, string>, options?: Headers): Promise<Answer>
  head(name: string, options?: Headers): Promise<Answer & { meta: Record<string, string> | null }>
  getObjectMeta(name: string): Promise<Answer>
  get(name: string, options?: Headers): Promise<Answer & { content: Buffer }>
  copy(
    name: string,
    source: string,
    options?: Headers & { meta?: Record<string, string> },
  ): Promise<Answer & { data: { etag: string } | null }>
  multipartUpload(name: string, content: Buffer, options?: Headers & { partSize?: number }): Promise<Answer>
  list(
    query: Record<string, string | number>,
  ): Promise<
    Answer & { objects: Listed[]; prefixes: string[] | null; isTruncated: boolean; nextMarker: string | null }
  >
  listV2(query: Record<string, string | number | undefined>): Promise<
    Answer & {
      objects: Listed[]
      prefixes: string[] | null
      keyCount: number
      nextContinuationToken?: string
    }
  >
  delete(name: string): Promise<Answer>
  deleteMulti(names: string[]): Promise<Answer & { deleted: { Key: string }[] }>
  getACL(name: string): Promise<Answer & { acl: string }>
  putObjectTagging(name: string, tags: Record<string, string>): Promise<Answer>
  getObjectTagging(name: string): Promise<Answer & { tag: Record<string, string> }>
  deleteObjectTagging(name: string): Promise<Answer>
  signatureUrl(name: string, options: { expires: number; method?: string }): string
  signatureUrlV4(method: string, expires: number, request: Headers, name: string): Promise<string>
}
