import { awsCredentials } from './aws-credentials.ts'
import type { AwsCredentialsOptions } from './aws-credentials.ts'
import { HttpCaller } from './http-call.ts'
import type { HttpAnswer } from './http-call.ts'
import { RemoteError } from './remote-cipher.ts'
import type { RemoteCipher, RemoteContext, RemoteFailure } from './remote-cipher.ts'
import { signPost } from './sigv4-request.ts'

export interface AwsKmsOptions extends AwsCredentialsOptions {
  endpoint: string
  region: string
  caFile: string | undefined
  attemptMs?: number
  now?: () => number
}

/** Codes of Encrypt and Decrypt (KMS API Reference, "Errors") that are no fault of the key or of us. */
const FAILURES: Readonly<Record<string, RemoteFailure>> = {
  InvalidCiphertextException: 'invalid',
  // The ciphertext names another key than the one it is to be opened with.
  IncorrectKeyException: 'invalid',
  ThrottlingException: 'busy',
  RequestThrottled: 'busy',
  DependencyTimeoutException: 'busy',
  KeyUnavailableException: 'busy',
  KMSInternalException: 'busy',
  ServiceUnavailable: 'busy',
  ServiceUnavailableException: 'busy',
  InternalFailure: 'busy',
}

/** AWS KMS, and whatever speaks its JSON protocol: Encrypt and Decrypt under one symmetric key. */
export class AwsKms implements RemoteCipher {
  readonly #options: AwsKmsOptions
  readonly #http: HttpCaller

  constructor(options: AwsKmsOptions) {
    this.#options = options
    this.#http = new HttpCaller({
      origin: options.endpoint,
      caFile: options.caFile,
      ...(options.attemptMs !== undefined && { attemptMs: options.attemptMs }),
    })
  }

  async encrypt(name: string, plaintext: Buffer, context: RemoteContext): Promise<Buffer> {
    const Plaintext = plaintext.toString('base64')
    const { CiphertextBlob } = await this.#call('Encrypt', {
      KeyId: name,
      Plaintext,
      EncryptionContext: context,
    })
    if (typeof CiphertextBlob !== 'string') throw new RemoteError('away', 'no ciphertext')
    return Buffer.from(CiphertextBlob, 'base64')
  }

  /** KeyId is given though KMS could read it from the ciphertext: who writes rows must not choose the key. */
  async decrypt(name: string, ciphertext: Buffer, context: RemoteContext): Promise<Buffer> {
    if (ciphertext.length === 0) throw new RemoteError('invalid', 'too short')
    const CiphertextBlob = ciphertext.toString('base64')
    const answer = await this.#call('Decrypt', { KeyId: name, CiphertextBlob, EncryptionContext: context })
    if (typeof answer.Plaintext !== 'string') throw new RemoteError('away', 'no plaintext')
    return Buffer.from(answer.Plaintext, 'base64')
  }

  async #call(operation: 'Encrypt' | 'Decrypt', request: object): Promise<Record<string, unknown>> {
    const { region, now = Date.now } = this.#options
    const body = JSON.stringify(request)
    const credentials = await awsCredentials(this.#options)
    const headers = signPost(
      {
        host: this.#http.host,
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `TrentService.${operation}`,
        },
        body,
        region,
        service: 'kms',
      },
      credentials,
      now(),
    )
    return resultOf(await this.#http.call({ method: 'POST', path: '/', headers, body }))
  }
}

function resultOf(answer: HttpAnswer): Record<string, unknown> {
  const body = jsonOf(answer.body)
  if (answer.status === 200 && body !== undefined) return body
  // `__type` may begin with a namespace and end with an address (AWS JSON 1.1 protocol, "Operation error serialization").
  const type = typeof body?.__type === 'string' ? body.__type.replace(/^.*#/, '').replace(/:.*$/, '') : ''
  const code = /^\w{1,64}$/.test(type) ? type : `status ${answer.status}`
  const known = Object.hasOwn(FAILURES, code) ? FAILURES[code] : undefined
  if (known !== undefined) throw new RemoteError(known, code)
  if (answer.status >= 400 && answer.status < 500 && type !== '') throw new RemoteError('refused', code)
  throw new RemoteError(answer.status >= 500 ? 'busy' : 'away', code)
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
