import { StoreError } from '../../errors.ts'
import { Digests, verifyChecks } from '../../store/digests.ts'
import { command, type Command } from '../dialect.ts'
import { readAll } from '../http/body.ts'
import { empty, xml } from './answers.ts'
import type { BucketRequest } from './aws-request.ts'
import { readContentChecks } from './checksums.ts'

/** S3 user guide, "Bucket policies": 20 KB; what is longer is refused by the store in its own words. */
const LONGEST = 64 * 1024

/** The document comes back as it was written (S3 API reference, GetBucketPolicy). */
export function getBucketPolicy({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketPolicy', bucket }, ({ policy }) => {
    const body = Buffer.from(policy)
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    return { status: 200, headers, body }
  })
}

/**
 * The body is JSON, checked against every digest the client sent.
 * @throws StoreError AccessDenied | EntityTooLarge | MalformedPolicy | BadDigest | what the body throws
 */
export async function putBucketPolicy(request: BucketRequest): Promise<Command> {
  const { bucket, content, headers, caller } = request
  // Nobody unknown makes the server read documents.
  if (caller.kind === 'anonymous') throw new StoreError('AccessDenied', 'Access Denied')
  const checks = readContentChecks(headers, content)
  const bytes = await readAll(content.body, LONGEST)
  const digests = new Digests([
    ...(checks.md5 ? (['md5'] as const) : []),
    ...(checks.checksum ? [checks.checksum.algorithm] : []),
  ])
  await digests.update(bytes)
  verifyChecks(checks, digests)
  return command({ name: 'PutBucketPolicy', bucket, policy: decodeUtf8(bytes) }, () => empty(204))
}

export function deleteBucketPolicy({ bucket }: BucketRequest): Command {
  return command({ name: 'DeleteBucketPolicy', bucket }, () => empty(204))
}

export function getBucketPolicyStatus({ bucket }: BucketRequest): Command {
  return command({ name: 'GetBucketPolicyStatus', bucket }, ({ isPublic }) =>
    xml('PolicyStatus', [['IsPublic', isPublic]]),
  )
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new StoreError('MalformedPolicy', 'Policies must be valid JSON in UTF-8')
  }
}
