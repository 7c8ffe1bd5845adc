import type { Dialect } from '../dialect.ts'
import { isPresigned } from '../sigv4/authorization.ts'
import type { AccountLookup } from '../sigv4/verifier.ts'
import { S3Authenticator } from './authenticate.ts'
import { addressOf, readAwsRequest } from './aws-request.ts'
import { renderAwsError } from './errors.ts'
import { parseOperation } from './operations.ts'
import { expectingOwners } from './owner.ts'

export interface AwsDialectOptions {
  accounts: AccountLookup
  region: string
  objectDomains: readonly string[]
  now: () => number
}

/** The S3 API: REST, XML, Signature Version 4. */
export function createAwsDialect(options: AwsDialectOptions): Dialect {
  const authenticator = new S3Authenticator(options)
  return {
    name: 'aws',
    recognise: (request) =>
      (request.header('authorization')?.startsWith('AWS') ?? false) || isPresigned(request),
    addressOf: (request) => addressOf(request, options.objectDomains),
    authenticate: (request) => authenticator.authenticate(request),
    parse: async (request, authenticated) => {
      const awsRequest = readAwsRequest(request, authenticated, options.objectDomains)
      return expectingOwners(await parseOperation(awsRequest), awsRequest)
    },
    renderError: renderAwsError,
    stamp: ({ requestId, hostId }) => ({ 'x-amz-request-id': requestId, 'x-amz-id-2': hostId }),
  }
}
