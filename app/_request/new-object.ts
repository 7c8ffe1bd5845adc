import type { EncryptionChoice } from '@/lib/store/encryption-model'
import type { UploadQuery } from '@/lib/console/schemas'

/** What an upload of the console says of the object it makes, whether it comes whole or in parts. */
export function newObject(wanted: UploadQuery, contentType: string | null) {
  return {
    key: wanted.key,
    metadata: { contentType: contentType || 'application/octet-stream', userMetadata: {} },
    storageClass: 'STANDARD',
    tags: {},
    encryption: choiceOf(wanted),
  } as const
}

/** The bytes that the browser says it sends. */
export function contentLength(request: Request): number | undefined {
  const length = request.headers.get('content-length')
  return length === null ? undefined : Number(length)
}

function choiceOf({ encryption, suite, keyRef }: UploadQuery): EncryptionChoice {
  switch (encryption) {
    case 'bucket-default':
    case 'none':
      return { kind: encryption }
    case 'service-key':
      return { kind: encryption, suite }
    case 'managed-key':
      return { kind: encryption, suite, context: {}, ...(keyRef === undefined ? {} : { keyRef }) }
  }
}
