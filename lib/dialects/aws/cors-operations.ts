import { command, type Command } from '../dialect.ts'
import { corsNodes, readCorsConfiguration } from '../http/cors-document.ts'
import { empty, xml } from './answers.ts'
import type { BucketRequest } from './aws-request.ts'
import { afterBucketExists } from './bucket-operations.ts'
import { requireDocument } from './documents.ts'
import { errorAnswer } from './errors.ts'

const ROOT = 'CORSConfiguration'

export function getBucketCors({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketCors', bucket }, ({ configuration }) =>
    configuration === undefined
      ? errorAnswer(404, 'NoSuchCORSConfiguration', 'The CORS configuration does not exist', [
          ['BucketName', bucket],
        ])
      : xml(ROOT, corsNodes(configuration, {})),
  )
}

export async function putBucketCors(request: BucketRequest): Promise<Command> {
  const { bucket } = request
  try {
    const document = await requireDocument(request, ROOT, { integrity: true })
    const configuration = readCorsConfiguration(document, {})
    return command({ name: 'PutBucketCors', bucket, configuration }, () => empty(200))
  } catch (error) {
    return afterBucketExists(bucket, error)
  }
}

export function deleteBucketCors({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucketCors', bucket }, () => empty(204))
}
