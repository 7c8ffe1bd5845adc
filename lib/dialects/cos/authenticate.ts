import { createHash } from 'node:crypto'
import { StoreError } from '../../errors.ts'
import type { Authenticated, Content } from '../dialect.ts'
import { bucketOfCosHost } from './hosts.ts'
import { parseContentLength } from '../http/body.ts'
import { formatIsoDate } from '../http/dates.ts'
import { decodePercent, encodePercent } from '../http/percent.ts'
import type { HttpRequest } from '../http/request.ts'
import { headerToText } from '../http/text.ts'
import type { AccountLookup } from '../sigv4/verifier.ts'
import { isSignatureParameter, readClaim, readFormClaim, type SignatureClaim } from './claim.ts'
import { isMeaningful } from './parameters.ts'
import {
  canonicalName,
  httpString,
  sameSignature,
  signatureOf,
  signKeyOf,
  stringToSign,
  type SignedPair,
  type SignedParts,
} from './signature.ts'

export interface CosAuthenticatorOptions {
  accounts: AccountLookup
  objectDomains: readonly string[]
  /** ms since the epoch */
  now: () => number
}

/**
 * A client whose clock runs ahead signs a time that has not come. SDKs mend their clock only from 30 s on, so less
 * must do no harm; beyond this, which is S3's measure, it is an error.
 */
const MAX_SKEW_SECONDS = 900

/**
 * Headers of COS that may travel unsigned: they change nothing of what is done. The token comes after the signing in
 * every SDK and adds nothing here, where no temporary keys exist; the retry mark is a hint to servers' statistics. All
 * other x-cos-* headers are signed by all SDKs that we know (Python, Go, Node.js, JavaScript); not by COSCMD.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  'x-cos-security-token',
  'x-cos-sdk-retry',
  'x-cos-traffic-limit',
])

/**
 * COSCMD, up to its last version, signs Host and nothing else (coscmd/cos_auth.py), and sends x-cos-meta-md5 with every
 * upload. Such a signature, in the header, need not cover what says how an upload's own bytes are kept: whoever holds it
 * chooses these anyway. What would read another object, open this one to others or tag it must be signed.
 */
const ABOUT_ITS_OWN_BYTES =
  /^x-cos-(?:meta-.+|storage-class|server-side-encryption(?:-context|-cos-kms-(?:key-id|algorithm))?)$/

/** Authenticates requests to COS, signed by `q-sign-algorithm=sha1` in the header, in the URL or in a form. */
export class CosAuthenticator {
  readonly #options: CosAuthenticatorOptions

  constructor(options: CosAuthenticatorOptions) {
    this.#options = options
  }

  /**
   * The caller and the body. A request without any signature is anonymous.
   * @throws StoreError AuthorizationHeaderMalformed | InvalidAccessKeyId | SignatureDoesNotMatch | RequestTimeTooSkewed |
   *   RequestExpired | UnsignedHeaders | InvalidUri
   */
  async authenticate(request: HttpRequest): Promise<Authenticated> {
    if (request.form) return this.#authenticateForm(request)
    const content = contentOf(request)
    const claim = readClaim(request)
    if (claim === undefined) return { caller: { kind: 'anonymous' }, content }
    this.#checkTime(claim)
    requireSigned(request, claim)
    const { caller, secretAccessKey } = await this.#credentials(claim)
    this.#checkSignature(request, claim, secretAccessKey)
    return { caller, content }
  }

  /** A form signs the text of its policy, decoded (document 436/14690). What the policy says is checked later. */
  async #authenticateForm(request: HttpRequest): Promise<Authenticated> {
    const { fields, file } = request.form!
    const content = { ...contentOf(request), body: file, length: undefined }
    const byName = new Map(fields.map(({ name, value }) => [name.toLowerCase(), value]))
    const claim = readFormClaim(byName)
    if (claim === undefined) return { caller: { kind: 'anonymous' }, content }
    this.#checkTime(claim)
    const { caller, secretAccessKey } = await this.#credentials(claim)
    const policy = Buffer.from(byName.get('policy') ?? '', 'base64')
    requireMatch(claim, secretAccessKey, [sha1Hex(policy)])
    return { caller, content }
  }

  #checkTime({ start, end, keyTime }: SignatureClaim): void {
    const now = this.#options.now()
    const seconds = Math.floor(now / 1000)
    const facts = { requestTime: keyTime, serverTime: formatIsoDate(now) }
    if (start > seconds + MAX_SKEW_SECONDS)
      throw new StoreError(
        'RequestTimeTooSkewed',
        'The difference between the request time and the current time is too large.',
        facts,
      )
    // The words by which the SDKs know that their clock may be wrong.
    if (seconds > end) throw new StoreError('RequestExpired', 'Request has expired', facts)
  }

  async #credentials({ accessKeyId }: SignatureClaim) {
    const credentials = await this.#options.accounts.credentials(accessKeyId)
    if (credentials === undefined)
      throw new StoreError(
        'InvalidAccessKeyId',
        'The Access Key Id you provided does not exist in our records.',
        {
          accessKeyId,
        },
      )
    return credentials
  }

  #checkSignature(request: HttpRequest, claim: SignatureClaim, secretKey: string): void {
    const method = request.raw.method
    const parameters = signedParameters(request, claim)
    const strings = signedPaths(request, this.#options.objectDomains).flatMap((path) => [
      ...signedHeaders(request, claim).map((headers) => httpString({ method, path, parameters, headers })),
      ...hostInSmallLetters({ method, path, parameters, headers: [] }, request, claim),
    ])
    requireMatch(
      claim,
      secretKey,
      strings.map((text) => stringToSign(claim.keyTime, text)),
    )
  }
}

/**
 * The string to sign is told to help client authors: it holds a time and a hash. What was hashed is not, as it may hold a
 * customer's encryption key, and errors end up in logs.
 */
function requireMatch(claim: SignatureClaim, secretKey: string, strings: readonly string[]): void {
  const signKey = signKeyOf(secretKey, claim.keyTime)
  // All are computed, so that the time tells nothing of which one it was.
  const matches = strings.map((text) => sameSignature(signatureOf(signKey, text), claim.signature))
  if (matches.includes(true)) return
  throw new StoreError(
    'SignatureDoesNotMatch',
    'The Signature you specified is invalid. Check your secret key and the string to sign.',
    { accessKeyId: claim.accessKeyId, ...(claim.carriedBy !== 'form' && { stringToSign: strings[0] }) },
  )
}

/** The paths that may have been signed for this request, each decoded. */
function signedPaths(request: HttpRequest, objectDomains: readonly string[]): string[] {
  const { rawPath, resourcePath, raw } = request
  const paths = [decodePercent(rawPath), decodePercent(resourcePath)]
  const virtual = raw.basePath ? undefined : bucketOfCosHost(raw.headers.host, objectDomains)
  // The SDKs that refuse path style can be led to it by `Domain: 'host:port/{Bucket}'`; they sign the key alone.
  const slash = resourcePath.indexOf('/', 1)
  if (virtual === undefined && resourcePath !== '/')
    paths.push(slash < 0 ? '/' : decodePercent(resourcePath.slice(slash)))
  return [...new Set(paths)]
}

/**
 * The headers that the list names, as they came. One that did not come is left out, so that the signature of `?acl` or of
 * an empty header cannot be used without it. Host counts with its port (Node.js, Go) and without it (Python).
 */
function signedHeaders(request: HttpRequest, { headerList }: SignatureClaim): SignedPair[][] {
  const pairs: SignedPair[] = []
  const names = new Set(headerList)
  for (const [name, value] of Object.entries(request.raw.headers))
    if (names.has(canonicalName(name))) pairs.push([name, headerToText(value)])
  const host = request.header('host')
  const bare = host?.replace(/:\d+$/, '')
  if (!names.has('host') || host === bare) return [pairs]
  return [pairs, pairs.map(([name, value]) => (name === 'host' ? [name, bare!] : [name, value]))]
}

function signsHostAlone({ headerList, parameterList }: SignatureClaim): boolean {
  return headerList.join() === 'host' && parameterList.length === 0
}

/** As COSCMD writes Host: in small letters, the escape of its colon included (`quote(v).lower()`). */
function hostInSmallLetters(parts: SignedParts, request: HttpRequest, claim: SignatureClaim): string[] {
  const host = request.header('host')
  if (host === undefined || !signsHostAlone(claim)) return []
  return [httpString(parts).replace(/\n$/, `host=${encodePercent(host).toLowerCase()}\n`)]
}

/** Escapes in the list are those of the name; links decode them once more than headers do. */
function signedParameters({ query }: HttpRequest, { parameterList }: SignatureClaim): SignedPair[] {
  const names = new Set(parameterList.map((name) => (/%[0-9a-f]{2}/.test(name) ? name : canonicalName(name))))
  return query.parameters
    .filter(({ name }) => !isSignatureParameter(name) && names.has(canonicalName(name)))
    .map(({ name, value }) => [name, value])
}

/**
 * COS itself asks for no header and no parameter to be signed. Here, whoever holds a link may not add to it
 * `x-cos-copy-source`, an encryption header or `?acl` (CVE-2026-97731 and its kin): every x-cos-* header of a request must
 * be signed, and with a link every parameter that would change what is done. A signature in the header is not handed about,
 * and COSCMD signs no parameters, so there they may be left out.
 */
function requireSigned(request: HttpRequest, claim: SignatureClaim): void {
  const headers = new Set(claim.headerList)
  const coscmd = claim.carriedBy === 'header' && signsHostAlone(claim)
  const unsigned = Object.keys(request.raw.headers).filter(
    (name) =>
      name.startsWith('x-cos-') &&
      !HARMLESS.has(name) &&
      !(coscmd && ABOUT_ITS_OWN_BYTES.test(name)) &&
      !headers.has(canonicalName(name)),
  )
  if (claim.carriedBy === 'query') unsigned.push(...unsignedParameters(request, claim))
  if (unsigned.length > 0)
    throw new StoreError(
      'UnsignedHeaders',
      `The request has headers or parameters that its signature does not cover: ${unsigned.join(', ')}`,
      { headersNotSigned: unsigned.join(', ') },
    )
}

function unsignedParameters(request: HttpRequest, claim: SignatureClaim): string[] {
  const signed = new Set(signedParameters(request, claim).map(([name]) => name))
  return request.query.parameters
    .map(({ name }) => name)
    .filter((name) => isMeaningful(name) && !signed.has(name))
}

function contentOf(request: HttpRequest): Content {
  const length = parseContentLength(request.header('content-length'))
  return {
    body: request.raw.body,
    length,
    trailer: () => undefined,
    trailerNames: [],
    // COS signs no body; Content-MD5 may be signed, and is compared by whoever reads it.
    signed: false,
  }
}

function sha1Hex(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex')
}
