import { hash } from 'node:crypto'
import { StoreError } from '../../errors.ts'
import type { Authenticated } from '../dialect.ts'
import { readAll } from '../http/body.ts'
import type { HttpRequest } from '../http/request.ts'
import { ALGORITHM, readAuthorizationHeader, type SignatureClaim } from '../sigv4/authorization.ts'
import { SigV4Verifier, type SigV4Options } from '../sigv4/verifier.ts'

/** Bytes. The longest requests are a key policy (32 KiB of JSON inside JSON) and an import (16 KiB of base64). */
export const MAX_BODY_BYTES = 65_536

/** Authenticates requests to KMS: Signature Version 4 in the Authorization header, over the whole body. */
export class KmsAuthenticator {
  readonly #verifier: SigV4Verifier

  constructor(options: Omit<SigV4Options, 'service'>) {
    this.#verifier = new SigV4Verifier({ ...options, service: 'kms' })
  }

  /**
   * The hash that is signed is always that of the bytes that came: most services of AWS need no
   * x-amz-content-sha256 (the AWS CLI sends none), and one that says otherwise fails as a wrong signature.
   * @throws StoreError NotSignedIn (no signature) | EntityTooLarge | AuthorizationHeaderMalformed | AccessDenied |
   *   RequestTimeTooSkewed | UnsignedHeaders | InvalidAccessKeyId | SignatureDoesNotMatch
   */
  async authenticate(request: HttpRequest): Promise<Authenticated> {
    const claim = readClaim(request)
    this.#verifier.check(request, claim)
    const body = await readAll(request.raw.body, MAX_BODY_BYTES)
    const { caller } = await this.#verifier.verify(request, claim, hash('sha256', body, 'hex'))
    return { caller, content: wholeContent(body) }
  }
}

function readClaim(request: HttpRequest): SignatureClaim {
  const header = request.header('authorization')
  if (header === undefined) throw new StoreError('NotSignedIn', 'Missing Authentication Token')
  if (!header.startsWith(`${ALGORITHM} `))
    throw new StoreError('AuthorizationHeaderMalformed', `Authorization must begin with ${ALGORITHM}.`)
  return readAuthorizationHeader(request, header)
}

function wholeContent(body: Buffer): Authenticated['content'] {
  return {
    body: (async function* () {
      yield body
    })(),
    length: body.length,
    trailer: () => undefined,
    trailerNames: [],
    signed: true,
  }
}
