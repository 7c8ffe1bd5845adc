import { timingSafeEqual } from 'node:crypto'
import { StoreError } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import type { Authenticated, Content } from '../dialect.ts'
import type { Address } from '../http/address.ts'
import { parseContentLength, verifySha256 } from '../http/body.ts'
import { formatIsoDate } from '../http/dates.ts'
import type { HttpRequest } from '../http/request.ts'
import type { AccountLookup } from '../sigv4/verifier.ts'
import { readClaim, readFormClaim, type SignatureClaim, type V1Claim, type V4Claim } from './claim.ts'
import type { OssHosts } from './hosts.ts'
import { signV1, stringToSignV1 } from './signature-v1.ts'
import { canonicalRequest, deriveSigningKey, EMPTY_FORMS, signV4, stringToSignV4 } from './signature-v4.ts'

export interface OssAuthenticatorOptions {
  accounts: AccountLookup
  hosts: OssHosts
  /** ms since the epoch */
  now: () => number
}

/** With the bucket and key that were signed, where a request could be read in two ways. */
export interface OssAuthenticated extends Authenticated {
  address: Address
}

const MAX_SKEW_MS = 900_000
const SHA256_HEX = /^[0-9a-f]{64}$/

/** Authenticates requests to OSS: signature versions 1 and 4, in the header, in the URL and in upload forms. */
export class OssAuthenticator {
  readonly #options: OssAuthenticatorOptions

  constructor(options: OssAuthenticatorOptions) {
    this.#options = options
  }

  /**
   * The caller and the body. A request without any signature is anonymous. Both versions cover every x-oss-* header that
   * a request has, so nobody who is handed a link can add one.
   * @throws StoreError AuthorizationHeaderMalformed | AuthorizationQueryParametersError | InvalidAccessKeyId |
   *   SignatureDoesNotMatch | RequestTimeTooSkewed | RequestExpired | AccessDenied | InvalidArgument | InvalidUri
   */
  async authenticate(request: HttpRequest): Promise<OssAuthenticated> {
    const addresses = this.#options.hosts.addressesOf(request)
    if (request.form) return { ...(await this.#authenticateForm(request)), address: addresses[0] }
    const content = contentOf(request)
    const claim = readClaim(request)
    if (claim === undefined) return { caller: { kind: 'anonymous' }, content, address: addresses[0] }
    this.#checkTime(claim)
    const { caller, secretAccessKey } = await this.#credentials(claim)
    const texts =
      claim.version === 1 ? v1Texts(request, claim, addresses) : v4Texts(request, claim, addresses)
    const matched = matchOf(claim, secretAccessKey, texts)
    if (matched === undefined) throw doesNotMatch(request, claim, texts[0]!.text)
    return { caller, content, address: matched }
  }

  /** A form signs the Base64 of its policy. What the policy says is checked later. */
  async #authenticateForm(request: HttpRequest): Promise<Authenticated> {
    const { fields, file } = request.form!
    const content = { ...contentOf(request), body: file, length: undefined }
    const byName = new Map(fields.map(({ name, value }) => [name.toLowerCase(), value]))
    const claim = readFormClaim(byName)
    if (claim === undefined) return { caller: { kind: 'anonymous' }, content }
    const { caller, secretAccessKey } = await this.#credentials(claim)
    const policy = byName.get('policy') ?? ''
    if (!sameSignature(signatureOf(claim, secretAccessKey, policy), claim.signature))
      throw doesNotMatch(request, claim, undefined)
    return { caller, content }
  }

  #checkTime(claim: SignatureClaim): void {
    const now = this.#options.now()
    const { time, expiresAt } = claim
    if (expiresAt === undefined) {
      if (Math.abs(now - time!) > MAX_SKEW_MS) throw skewed(now)
    } else if (time !== undefined && time > now + MAX_SKEW_MS) throw skewed(now)
    else if (now > expiresAt)
      throw new StoreError('RequestExpired', 'Request has expired.', {
        expires: formatIsoDate(expiresAt),
        serverTime: formatIsoDate(now),
      })
  }

  async #credentials({
    accessKeyId,
  }: SignatureClaim): Promise<{ secretAccessKey: string; caller: Caller & { kind: 'member' } }> {
    const credentials = await this.#options.accounts.credentials(accessKeyId)
    if (credentials === undefined)
      throw new StoreError(
        'InvalidAccessKeyId',
        'The OSS Access Key Id you provided does not exist in our records.',
        { accessKeyId },
      )
    return credentials
  }
}

function skewed(now: number): StoreError {
  return new StoreError(
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    { serverTime: formatIsoDate(now), maxAllowedSkewMilliseconds: MAX_SKEW_MS },
  )
}

interface SignedText {
  text: Buffer | string
  address: Address
}

function v1Texts(request: HttpRequest, claim: V1Claim, addresses: readonly Address[]): SignedText[] {
  const { method, headers } = request.raw
  const { parameters } = request.query
  const covered =
    claim.carriedBy === 'query' ? parameters.filter(({ name }) => !V1_QUERY.has(name)) : parameters
  return addresses.flatMap((address) =>
    claim.dates.map((date) => ({
      text: stringToSignV1({ method, headers, date, address, parameters: covered }),
      address,
    })),
  )
}

const V1_QUERY: ReadonlySet<string> = new Set(['OSSAccessKeyId', 'Expires', 'Signature'])

function v4Texts(request: HttpRequest, claim: V4Claim, addresses: readonly Address[]): SignedText[] {
  const { method, headers } = request.raw
  const { parameters } = request.query
  const { additionalHeaders } = claim
  const forms = parameters.some(({ value }) => value === '') ? EMPTY_FORMS : EMPTY_FORMS.slice(0, 1)
  return addresses.flatMap((address) =>
    forms.map((form) => ({
      text: stringToSignV4(
        claim,
        canonicalRequest({ method, address, parameters, headers, additionalHeaders }, form),
      ),
      address,
    })),
  )
}

/** All are computed, so that the time tells nothing of which one it was. */
function matchOf(claim: SignatureClaim, secret: string, texts: readonly SignedText[]): Address | undefined {
  const matches = texts.map(({ text }) => sameSignature(signatureOf(claim, secret, text), claim.signature))
  return texts[matches.indexOf(true)]?.address
}

function signatureOf(claim: SignatureClaim, secret: string, text: Buffer | string): Buffer {
  return claim.version === 1 ? signV1(secret, text) : signV4(deriveSigningKey(secret, claim), text as string)
}

function sameSignature(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given)
}

/**
 * The string to sign is told to help client authors, as OSS does, but for the signature itself, and not where it would
 * hold a customer's key: errors end up in logs.
 */
function doesNotMatch(
  { raw }: HttpRequest,
  { accessKeyId }: SignatureClaim,
  text: Buffer | string | undefined,
): StoreError {
  const secret = Object.keys(raw.headers).some((name) => name.endsWith('-customer-key'))
  const told = text === undefined || secret ? undefined : Buffer.from(text)
  return new StoreError(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    {
      accessKeyId,
      ...(told && {
        stringToSign: told.toString(),
        stringToSignBytes: told
          .toString('hex')
          .toUpperCase()
          .replace(/..(?=.)/g, '$& '),
      }),
    },
  )
}

/** V4 signs whatever stands in x-oss-content-sha256, as a rule UNSIGNED-PAYLOAD; a hash is held to what it says. */
function contentOf(request: HttpRequest): Content {
  const { raw } = request
  const length = parseContentLength(request.header('content-length'))
  const digest = request.header('x-oss-content-sha256') ?? ''
  const hashed = SHA256_HEX.test(digest)
  const body = hashed ? verifySha256(raw.body, Buffer.from(digest, 'hex')) : raw.body
  return { body, length, trailer: () => undefined, trailerNames: [], signed: hashed }
}
