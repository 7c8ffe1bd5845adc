import type { Dialect } from '../dialect.ts'
import type { AccountLookup } from '../sigv4/verifier.ts'
import { CosAuthenticator } from './authenticate.ts'
import { addressOf, readCosRequest } from './cos-request.ts'
import { renderCosError } from './errors.ts'
import { underKmsRules, type CosKmsRules } from './kms-rules.ts'
import { parseOperation } from './operations.ts'
import { recogniseCos } from './recognise.ts'

export interface CosDialectOptions {
  accounts: AccountLookup
  /** lower-case base host names of virtual-hosted style */
  objectDomains: readonly string[]
  /** lower-case base host names under which COS is spoken even by those who do not sign */
  cosDomains: readonly string[]
  /** undefined: SSE-KMS is had everywhere and needs no step before its first use */
  kms?: CosKmsRules | undefined
  /** ms since the epoch */
  now: () => number
}

/** The XML API of Tencent Cloud Object Storage: REST, XML, `q-sign-algorithm=sha1`. */
export function createCosDialect({
  accounts,
  objectDomains,
  cosDomains,
  kms,
  now,
}: CosDialectOptions): Dialect {
  const domains = [...objectDomains, ...cosDomains]
  const authenticator = new CosAuthenticator({ accounts, objectDomains: domains, now })
  return {
    name: 'cos',
    recognise: (request) => recogniseCos(request, cosDomains),
    addressOf: (request) => addressOf(request, domains),
    authenticate: (request) => authenticator.authenticate(request),
    parse: async (request, authenticated) => {
      const cosRequest = readCosRequest(request, authenticated, domains)
      return underKmsRules(await parseOperation(cosRequest, request, { now: now(), kms }), kms)
    },
    renderError: renderCosError,
    stamp: ({ requestId }) => ({ 'x-cos-request-id': requestId }),
  }
}
