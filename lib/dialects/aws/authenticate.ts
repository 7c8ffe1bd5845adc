import { StoreError, type ErrorCode } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import type { Authenticated } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import type { HttpRequest } from '../http/request.ts'
import {
  ALGORITHM,
  isPresigned,
  readAuthorizationHeader,
  readPresignedQuery,
  type SignatureClaim,
} from './authorization.ts'
import { contentOf, payloadHashOf, unsignedContent } from './payload.ts'
import { canonicalRequest, scopeOf, signatureMatches, SigningKeys, stringToSign } from './signature-v4.ts'

/** What authentication and ownership checks ask of `Accounts` (lib/accounts/accounts.ts). */
export interface AccountLookup {
  credentials(
    accessKeyId: string,
  ): Promise<{ secretAccessKey: string; caller: Caller & { kind: 'member' } } | undefined>
  memberships(userId: string): Promise<{ project: { projectId: string; accountNumber: string } }[]>
}

export interface SigV4Options {
  accounts: AccountLookup
  region: string
  now: () => number
}

const MAX_SKEW_MS = 900_000
const SERVICE = 's3'

/** Authenticates requests signed with Signature Version 4, in the header, in the query and chunk by chunk. */
export class SigV4Authenticator {
  readonly #options: SigV4Options
  readonly #signingKeys = new SigningKeys()

  constructor(options: SigV4Options) {
    this.#options = options
  }

  /**
   * The caller and a body that verifies itself. A request without any signature is anonymous.
   * @throws StoreError AccessDenied | InvalidAccessKeyId | SignatureDoesNotMatch | RequestTimeTooSkewed |
   *   RequestExpired | Authorization*Malformed | UnsignedHeaders | InvalidRequest | InvalidArgument | InvalidUri
   */
  async authenticate(request: HttpRequest): Promise<Authenticated> {
    const claim = readClaim(request)
    if (claim === undefined) return { caller: { kind: 'anonymous' }, content: unsignedContent(request) }
    checkScope(claim, this.#options.region)
    checkTime(claim, this.#options.now())
    requireSigned(request, claim)
    const payloadHash = payloadHashOf(request, claim.carriedBy === 'query')
    const credentials = await this.#options.accounts.credentials(claim.accessKeyId)
    if (credentials === undefined)
      throw new StoreError(
        'InvalidAccessKeyId',
        'The AWS Access Key Id you provided does not exist in our records.',
        { accessKeyId: claim.accessKeyId },
      )
    const signingKey = this.#signingKeys.get(credentials.secretAccessKey, claim)
    checkSignature(request, claim, payloadHash, signingKey)
    const signing = {
      signingKey,
      timestamp: claim.timestamp,
      scope: scopeOf(claim),
      seedSignature: claim.signature,
    }
    return { caller: credentials.caller, content: contentOf(request, payloadHash, signing) }
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

function checkScope(claim: SignatureClaim, region: string): void {
  const code =
    claim.carriedBy === 'header' ? 'AuthorizationHeaderMalformed' : 'AuthorizationQueryParametersError'
  if (claim.service !== SERVICE)
    throw new StoreError(
      code,
      `The credential scope is wrong; incorrect service "${claim.service}". This endpoint belongs to "${SERVICE}".`,
    )
  if (claim.region !== region)
    throw new StoreError(
      code,
      `The credential scope is wrong; the region '${claim.region}' is wrong; expecting '${region}'`,
      { region },
    )
}

function checkTime(claim: SignatureClaim, now: number): void {
  const expires = claim.time + (claim.expires ?? 0) * 1000
  if (claim.expires === undefined) {
    if (Math.abs(now - claim.time) > MAX_SKEW_MS)
      throw badTime(
        'RequestTimeTooSkewed',
        'The difference between the request time and the current time is too large.',
        claim,
        now,
      )
  } else if (claim.time > now + MAX_SKEW_MS) {
    throw badTime('AccessDenied', 'Request is not valid yet', claim, now)
  } else if (now > expires) {
    const facts = {
      expiresSeconds: claim.expires,
      expires: formatIsoDate(expires),
      serverTime: formatIsoDate(now),
    }
    throw new StoreError('RequestExpired', 'Request has expired', facts)
  }
}

function badTime(code: ErrorCode, message: string, claim: SignatureClaim, now: number): StoreError {
  return new StoreError(code, message, {
    requestTime: claim.timestamp,
    serverTime: formatIsoDate(now),
    maxAllowedSkewMilliseconds: MAX_SKEW_MS,
  })
}

/**
 * Host and every x-amz-* header present must be signed. Otherwise whoever holds a presigned URL could add
 * `x-amz-copy-source` or an encryption header to it (CVE-2026-97731 and its kin).
 */
function requireSigned(request: HttpRequest, claim: SignatureClaim): void {
  const signed = claim.signedHeaders
  if (!signed.includes('host')) throw unsignedHeaders(['host'])
  const unsigned = Object.keys(request.raw.headers).filter(
    (name) => name.startsWith('x-amz-') && !signed.includes(name),
  )
  if (unsigned.length > 0) throw unsignedHeaders(unsigned)
}

function unsignedHeaders(names: string[]): StoreError {
  return new StoreError(
    'UnsignedHeaders',
    'There were headers present in the request which were not signed',
    { headersNotSigned: names.join(', ') },
  )
}

/**
 * The string to sign is told to help client authors: it holds a time, a scope and a hash. The canonical request
 * that AWS tells too is not: it may hold a customer's encryption key, and errors end up in logs.
 */
function checkSignature(
  request: HttpRequest,
  claim: SignatureClaim,
  payloadHash: string,
  signingKey: Buffer,
): void {
  const text = stringToSign(claim, canonicalRequest(request, claim, payloadHash))
  if (signatureMatches(signingKey, text, claim.signature)) return
  throw new StoreError(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    {
      accessKeyId: claim.accessKeyId,
      stringToSign: text,
    },
  )
}
