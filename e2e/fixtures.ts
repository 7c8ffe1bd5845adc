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

let named = 0

/** A number with as many digits as all others: no name made with it is the beginning of another. */
const number = (): string => String(++named).padStart(4, '0')

/** A bucket name no other test of this run uses. */
export function bucketName(purpose: string): string {
  return `${purpose}-${process.pid}-${number()}`
}

/** A name for somebody, as no other test of this run has it: files that share a Coffer share its people. */
export function personName(name: string): string {
  return `${name} ${number()}`
}

/** What is made the first time it is asked for and the same ever after, in each Coffer: tests share its worker's. */
export function onceInEach<T>(
  make: (coffer: Coffer, s3: S3Client) => Promise<T>,
): (coffer: Coffer, s3: S3Client) => Promise<T> {
  const made = new WeakMap<Coffer, Promise<T>>()
  return (coffer, s3) => {
    const known = made.get(coffer) ?? make(coffer, s3)
    made.set(coffer, known)
    return known
  }
}
