import { StoreError } from '../errors.ts'
import { authorizedBucket } from './authorize.ts'
import { CORS_METHODS, type CorsConfiguration, type CorsRule } from './cors-model.ts'
import type { StoreDeps } from './deps.ts'
import type { Caller } from './model.ts'
import type { DeleteBucketCors, GetBucketCors, PutBucketCors, RequestContext, Results } from './operations.ts'

/** S3 and COS: 100 rules, OSS: 20 (its dialect asks for that); 64 KB in all (S3 user guide, "CORS configuration"). */
const MOST_RULES = 100
const LONGEST = 64 * 1024
const LONGEST_ID = 255

export async function getBucketCors(
  deps: StoreDeps,
  operation: GetBucketCors,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetBucketCors']> {
  const need = { action: 's3:GetBucketCORS' } as const
  const { cors } = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  return { configuration: cors }
}

/**
 * Rules of its own replace what the installation says of other origins, for this bucket.
 * @throws StoreError InvalidRequest | MalformedXML | EntityTooLarge
 */
export async function putBucketCors(
  deps: StoreDeps,
  operation: PutBucketCors,
  caller: Caller,
  context: RequestContext,
): Promise<Results['PutBucketCors']> {
  const need = { action: 's3:PutBucketCORS' } as const
  const { bucketId } = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  checkCors(operation.configuration)
  await deps.catalog.setBucketCors(bucketId, operation.configuration)
  return {}
}

export async function deleteBucketCors(
  deps: StoreDeps,
  operation: DeleteBucketCors,
  caller: Caller,
  context: RequestContext,
): Promise<Results['DeleteBucketCors']> {
  const need = { action: 's3:PutBucketCORS' } as const
  const { bucketId } = await authorizedBucket(deps, { caller, context }, operation.bucket, need)
  await deps.catalog.setBucketCors(bucketId, undefined)
  return {}
}

/** The messages are S3's. */
function checkCors(configuration: CorsConfiguration): void {
  const { rules } = configuration
  if (rules.length === 0) throw malformed()
  if (rules.length > MOST_RULES)
    throw invalid(`The number of CORS rules should not exceed allowed limit of ${MOST_RULES} rules.`)
  if (Buffer.byteLength(JSON.stringify(configuration)) > LONGEST)
    throw new StoreError('EntityTooLarge', 'The CORS configuration is too long.', { maximum: LONGEST })
  for (const rule of rules) checkRule(rule)
}

function checkRule({
  id = '',
  allowedOrigins,
  allowedMethods,
  allowedHeaders,
  exposeHeaders,
  maxAgeSeconds = 0,
}: CorsRule): void {
  if (allowedOrigins.length === 0 || allowedMethods.length === 0) throw malformed()
  if (id.length > LONGEST_ID) throw invalid(`ID length should not exceed allowed limit of ${LONGEST_ID}`)
  const strange = allowedMethods.find((method) => !CORS_METHODS.includes(method))
  if (strange !== undefined)
    throw invalid(`Found unsupported HTTP method in CORS config. Unsupported method is ${strange}`)
  checkPatterns('AllowedOrigin', allowedOrigins)
  checkPatterns('AllowedHeader', allowedHeaders)
  checkPatterns('ExposeHeader', exposeHeaders)
  if (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 0) throw malformed()
}

/** They stand in headers of answers, so nothing that ends a header may be in them. */
function checkPatterns(element: string, patterns: readonly string[]): void {
  for (const pattern of patterns) {
    if (pattern.indexOf('*') !== pattern.lastIndexOf('*'))
      throw invalid(`${element} "${pattern}" can not have more than one wildcard.`)
    if (
      !/^[\x21-\x7e]+$/.test(pattern) ||
      (element !== 'AllowedOrigin' && /[^\w!#$%&'*+.^`|~-]/.test(pattern))
    )
      throw invalid(`${element} "${pattern}" is not valid.`)
  }
}

function invalid(message: string): StoreError {
  return new StoreError('InvalidRequest', message)
}

function malformed(): StoreError {
  return new StoreError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )
}
