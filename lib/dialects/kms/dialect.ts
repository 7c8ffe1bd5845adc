import type { Dialect } from '../dialect.ts'
import { readAll } from '../http/body.ts'
import { isSecure } from '../raw.ts'
import type { SigV4Options } from '../sigv4/verifier.ts'
import { KmsAuthenticator, MAX_BODY_BYTES } from './authenticate.ts'
import { renderKmsError } from './errors.ts'
import { parseOperation, TARGET_PREFIX } from './operations.ts'

const TARGET = 'x-amz-target'

/** The AWS KMS API: one URL, operations named in a header, AWS JSON 1.1, Signature Version 4 for `kms`. */
export function createKmsDialect(options: Omit<SigV4Options, 'service'>): Dialect {
  const authenticator = new KmsAuthenticator(options)
  return {
    name: 'kms',
    recognise: (request) =>
      (request.header(TARGET)?.startsWith(TARGET_PREFIX) ?? false) &&
      request.raw.method === 'POST' &&
      request.resourcePath === '/',
    authenticate: (request) => authenticator.authenticate(request),
    parse: async (request, { content }) =>
      parseOperation(
        request.header(TARGET) ?? '',
        await readAll(content.body, MAX_BODY_BYTES),
        isSecure(request.raw),
      ),
    renderError: renderKmsError,
    stamp: ({ requestId }) => ({ 'x-amzn-requestid': requestId }),
  }
}
