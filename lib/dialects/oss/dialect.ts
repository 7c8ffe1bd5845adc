import type { Dialect } from '../dialect.ts'
import type { AccountLookup } from '../sigv4/verifier.ts'
import { OssAuthenticator, type OssAuthenticated } from './authenticate.ts'
import { renderOssError } from './errors.ts'
import { OssHosts } from './hosts.ts'
import { parseOperation } from './operations.ts'
import { readOssRequest } from './oss-request.ts'
import { recogniseOss } from './recognise.ts'

export interface OssDialectOptions {
  accounts: AccountLookup
  /** lower-case base host names of virtual-hosted style */
  objectDomains: readonly string[]
  /** the same under which OSS is spoken even by those who do not sign; `host=bucket` binds a name to a bucket */
  ossDomains: readonly string[]
  /** ms since the epoch */
  now: () => number
}

/** The API of Aliyun Object Storage Service: REST, XML, signature versions 1 and 4. */
export function createOssDialect({ accounts, objectDomains, ossDomains, now }: OssDialectOptions): Dialect {
  const hosts = new OssHosts(objectDomains, ossDomains)
  const authenticator = new OssAuthenticator({ accounts, hosts, now })
  return {
    name: 'oss',
    recognise: (request) => recogniseOss(request, hosts),
    addressOf: (request) => hosts.addressesOf(request)[0],
    authenticate: (request) => authenticator.authenticate(request),
    // the pipeline hands on what `authenticate` answered
    parse: (request, authenticated) =>
      parseOperation(readOssRequest(request, authenticated as OssAuthenticated), request, now()),
    renderError: renderOssError,
    stamp: ({ requestId }) => ({ 'x-oss-request-id': requestId }),
  }
}
