import { StoreError } from '../../errors.ts'
import type { Authenticated } from '../dialect.ts'
import type { HttpRequest } from '../http/request.ts'
import {
  ALGORITHM,
  isPresigned,
  readAuthorizationHeader,
  readPresignedQuery,
  type SignatureClaim,
} from '../sigv4/authorization.ts'
import { SigV4Verifier, type SigV4Options } from '../sigv4/verifier.ts'
import { contentOf, payloadHashOf, unsignedContent } from './payload.ts'

/** Authenticates requests to S3 signed with Signature Version 4, in the header, in the query and chunk by chunk. */
export class S3Authenticator {
  readonly #verifier: SigV4Verifier

  constructor(options: Omit<SigV4Options, 'service'>) {
    this.#verifier = new SigV4Verifier({ ...options, service: 's3' })
  }

  /**
   * The caller and a body that verifies itself. A request without any signature is anonymous.
   * @throws StoreError AccessDenied | InvalidAccessKeyId | SignatureDoesNotMatch | RequestTimeTooSkewed |
   *   RequestExpired | Authorization*Malformed | UnsignedHeaders | InvalidRequest | InvalidArgument | InvalidUri
   */
  async authenticate(request: HttpRequest): Promise<Authenticated> {
    const claim = readClaim(request)
    if (claim === undefined) return { caller: { kind: 'anonymous' }, content: unsignedContent(request) }
    this.#verifier.check(request, claim)
    const payloadHash = payloadHashOf(request, claim.carriedBy === 'query')
    const { caller, signing } = await this.#verifier.verify(request, claim, payloadHash)
    return { caller, content: contentOf(request, payloadHash, signing) }
  }
}

function readClaim(request: HttpRequest): SignatureClaim | undefined {
  const header = request.header('authorization')
  const presigned = isPresigned(request)
  if (header !== undefined && presigned)
    throw new StoreError(
      'InvalidArgument',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
      { argument: 'Authorization' },
    )
  if (presigned) return readPresignedQuery(request)
  if (header === undefined) return refuseSigV2Query(request)
  if (!header.startsWith(`${ALGORITHM} `)) throw unsupportedMechanism()
  return readAuthorizationHeader(request, header)
}

/** A SigV2 presigned URL must not pass for an anonymous request: its sender would be told the wrong thing. */
function refuseSigV2Query(request: HttpRequest): undefined {
  if (request.rawQuery.includes('AWSAccessKeyId=') && request.query.has('Signature'))
    throw unsupportedMechanism()
}

function unsupportedMechanism(): StoreError {
  return new StoreError(
    'InvalidRequest',
    `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
  )
}
