import { StoreError, type ErrorCode } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import type { ChunkSigning } from '../http/aws-chunked.ts'
import { formatIsoDate } from '../http/dates.ts'
import type { HttpRequest } from '../http/request.ts'
import type { SignatureClaim } from './authorization.ts'
import { canonicalRequest, scopeOf, signatureMatches, SigningKeys, stringToSign } from './signature.ts'

/** What authentication asks of `Accounts` (lib/accounts/accounts.ts). */
export interface AccountLookup {
  credentials(
    accessKeyId: string,
  ): Promise<{ secretAccessKey: string; caller: Caller & { kind: 'member' } } | undefined>
}

export interface SigV4Options {
  accounts: AccountLookup
  /** the name in the credential scope: `s3`, `kms` */
  service: string
  region: string
  now: () => number
}

/** Who signed, and what the signatures of a chunked body are chained to. */
export interface Signed {
  caller: Caller & { kind: 'member' }
  signing: ChunkSigning
}

const MAX_SKEW_MS = 900_000

/** Verifies Signature Version 4 for one service of AWS, whichever way the service hands over the payload's hash. */
export class SigV4Verifier {
  readonly #options: SigV4Options
  readonly #signingKeys = new SigningKeys()

  constructor(options: SigV4Options) {
    this.#options = options
  }

  /**
   * All that can be refused before a byte of the body is read or an account is looked up.
   * @throws StoreError Authorization*Malformed | RequestTimeTooSkewed | RequestExpired | AccessDenied | UnsignedHeaders
   */
  check(request: HttpRequest, claim: SignatureClaim): void {
    const { service, region, now } = this.#options
    checkScope(claim, service, region)
    checkTime(claim, now())
    requireSigned(request, claim)
  }

  /**
   * @param payloadHash last line of the canonical request
   * @throws StoreError InvalidAccessKeyId | SignatureDoesNotMatch | InvalidUri
   */
  async verify(request: HttpRequest, claim: SignatureClaim, payloadHash: string): Promise<Signed> {
    const credentials = await this.#options.accounts.credentials(claim.accessKeyId)
    if (credentials === undefined)
      throw new StoreError(
        'InvalidAccessKeyId',
        'The AWS Access Key Id you provided does not exist in our records.',
        { accessKeyId: claim.accessKeyId },
      )
    const signingKey = this.#signingKeys.get(credentials.secretAccessKey, claim)
    checkSignature(request, claim, payloadHash, signingKey)
    const { timestamp, signature } = claim
    const signing = { signingKey, timestamp, scope: scopeOf(claim), seedSignature: signature }
    return { caller: credentials.caller, signing }
  }
}

function checkScope(claim: SignatureClaim, service: string, region: string): void {
  const code =
    claim.carriedBy === 'header' ? 'AuthorizationHeaderMalformed' : 'AuthorizationQueryParametersError'
  if (claim.service !== service)
    throw new StoreError(
      code,
      `The credential scope is wrong; incorrect service "${claim.service}". This endpoint belongs to "${service}".`,
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
