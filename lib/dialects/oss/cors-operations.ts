import { command, type Command } from '../dialect.ts'
import { corsNodes, readCorsConfiguration } from '../http/cors-document.ts'
import { empty, xml } from './answers.ts'
import { requireDocument } from './documents.ts'
import { OssRefusal } from './errors.ts'
import type { BucketRequest } from './oss-request.ts'

const ROOT = 'CORSConfiguration'
/** Aliyun, "PutBucketCors": 20 rules, headers to expose by name only. */
const VOCABULARY = { mostRules: 20, responseVary: true } as const

export function getBucketCors({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketCors', bucket }, ({ configuration }) => {
    if (configuration !== undefined) return xml(ROOT, corsNodes(configuration, VOCABULARY))
    throw new OssRefusal(
      { status: 404, code: 'NoSuchCORSConfiguration' },
      'InvalidRequest',
      'The CORS Configuration does not exist.',
      { bucket },
    )
  })
}

export async function putBucketCors(request: BucketRequest): Promise<Command> {
  const { bucket } = request
  const configuration = readCorsConfiguration(await requireDocument(request, ROOT), VOCABULARY)
  return command({ name: 'PutBucketCors', bucket, configuration }, () => empty(200))
}

export function deleteBucketCors({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucketCors', bucket }, () => empty(204))
}
