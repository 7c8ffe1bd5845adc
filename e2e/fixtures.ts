import { S3Client } from '@aws-sdk/client-s3'
import { test as base } from '@playwright/test'
import { Coffer, type Credentials } from './coffer.ts'

interface WorkerFixtures {
  /** a Coffer with an administrator, one for each worker */
  coffer: Coffer
  credentials: Credentials
  /** the AWS SDK on the object port, path style */
  s3: S3Client
}

export const test = base.extend<object, WorkerFixtures>({
  coffer: [
    async ({}, use) => {
      const coffer = await Coffer.start()
      await coffer.makeAdministrator()
      await use(coffer)
      await coffer.destroy()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  credentials: [async ({ coffer }, use) => use(await coffer.accessKey()), { scope: 'worker' }],
  s3: [
    async ({ coffer, credentials }, use) => {
      const client = s3Client(coffer, credentials)
      await use(client)
      client.destroy()
    },
    { scope: 'worker' },
  ],
})

export { expect } from '@playwright/test'

export function s3Client(coffer: Coffer, credentials: Credentials): S3Client {
  return new S3Client({ endpoint: coffer.objectUrl, region: 'us-east-1', forcePathStyle: true, credentials })
}

let buckets = 0

/** A bucket name no other test of this run uses. */
export function bucketName(purpose: string): string {
  return `${purpose}-${process.pid}-${++buckets}`
}
