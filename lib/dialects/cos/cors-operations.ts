import { StoreError } from '../../errors.ts'
import { command, type Command } from '../dialect.ts'
import { corsNodes, readCorsConfiguration } from '../http/cors-document.ts'
import { empty, xml } from './answers.ts'
import type { BucketRequest } from './cos-request.ts'
import { readDocument } from './documents.ts'
import { CosRefusal } from './errors.ts'

const ROOT = 'CORSConfiguration'
/** `x-cos-*` is what COS's console proposes to expose (document 436/13318). */
const VOCABULARY = { exposesPatterns: true, responseVary: true } as const

export function getBucketCors({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketCors', bucket }, ({ configuration }) => {
    if (configuration !== undefined) return xml(ROOT, corsNodes(configuration, VOCABULARY))
    throw new CosRefusal(
      { status: 404, code: 'NoSuchCORSConfiguration' },
      'InvalidRequest',
      'The CORS configuration does not exist.',
    )
  })
}

/** @throws StoreError InvalidRequest without Content-MD5, which COS asks for (document 436/8279) */
export async function putBucketCors(request: BucketRequest): Promise<Command> {
  const { bucket } = request
  requireContentMd5(request)
  const configuration = readCorsConfiguration(await readDocument(request, ROOT), VOCABULARY)
  return command({ name: 'PutBucketCors', bucket, configuration }, () => empty(200))
}

export function deleteBucketCors({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucketCors', bucket }, () => empty(204))
}

/** A damaged document would change what becomes of a whole bucket. @throws StoreError InvalidRequest */
export function requireContentMd5({ fields }: BucketRequest): void {
  if (fields.get('content-md5') === undefined)
    throw new StoreError('InvalidRequest', 'Missing required header for this request: Content-MD5')
}
