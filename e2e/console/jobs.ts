import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { customerKey } from '../clients/modes.ts'
import type { Coffer } from '../coffer.ts'
import { bucketName } from '../fixtures.ts'

export interface Created {
  keyId: string
  arn: string
}

let made = 0

/** A key of the project's own, made through the console's API. */
export async function createKey(coffer: Coffer, purpose: string): Promise<Created> {
  const alias = `${purpose}-${process.pid}-${++made}`
  const body = { alias, description: '', spec: 'AES_256', origin: 'AWS_KMS' }
  const response = await coffer.request('POST', `/api/keys?project=${coffer.projectId}`, body)
  return (await response.json()) as Created
}

export async function createBucket(coffer: Coffer, purpose: string): Promise<string> {
  const name = bucketName(purpose)
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name,
    encryption: { kind: 'none' },
  })
  return name
}

/** How many objects of each method a bucket of `mixedBucket` holds. */
export const MIXED = {
  plaintext: 12,
  'service-managed': 8,
  'project-key': 6,
  'own-key': 4,
  customer: 2,
} as const
export const BYTES = 20_000

/** A few dozen objects in every method, each 20,000 bytes, in a folder for each method. */
export async function mixedBucket(
  coffer: Coffer,
  s3: S3Client,
  purpose: string,
  ownKey: string,
): Promise<string> {
  const bucket = await createBucket(coffer, purpose)
  const methods: Record<keyof typeof MIXED, object> = {
    plaintext: {},
    'service-managed': { ServerSideEncryption: 'AES256' },
    'project-key': { ServerSideEncryption: 'aws:kms' },
    'own-key': { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: ownKey },
    customer: customerKey(),
  }
  for (const [method, count] of Object.entries(MIXED) as [keyof typeof MIXED, number][]) {
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: `${method}/run-${String(index).padStart(2, '0')}.csv`,
            Body: Buffer.alloc(BYTES, `${method} ${index}\n`),
            ...methods[method],
          }),
        ),
      ),
    )
  }
  return bucket
}

/** A message with its arguments filled in, by the branch a plural takes for `count`. */
export function fill(message: string, values: Record<string, string | number>): string {
  const plural = /\{(\w+), plural,((?: =?\w+ \{(?:[^{}]|\{[^{}]*\})*\})+)\}/g
  return message
    .replace(plural, (_, name: string, branches: string) => {
      const value = Number(values[name])
      const found = Object.fromEntries(
        [...branches.matchAll(/(=?\w+) \{((?:[^{}]|\{[^{}]*\})*)\}/g)].map(([, key, text]) => [key, text]),
      ) as Record<string, string>
      const text = found[`=${value}`] ?? (value === 1 ? found['one'] : undefined) ?? found['other'] ?? ''
      return text.replaceAll('#', value.toLocaleString('en-US'))
    })
    .replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
}
