import { readSecretLine } from './secret-line.ts'
import { HttpCaller } from './http-call.ts'
import type { HttpAnswer } from './http-call.ts'
import { RemoteError } from './remote-cipher.ts'
import type { RemoteCipher, RemoteContext } from './remote-cipher.ts'

export interface VaultTransitOptions {
  address: string
  /** path of the Transit engine, e.g. "transit" */
  mount: string
  namespace: string | undefined
  caFile: string | undefined
  login: { kind: 'token'; file: string } | { kind: 'approle'; roleIdFile: string; secretIdFile: string }
  attemptMs?: number
}

const VERSION_BYTES = 4

/**
 * Vault's and OpenBao's Transit engine, five endpoints (Transit secrets engine HTTP API; AppRole auth method HTTP
 * API): keys/:name, keys/:name/rotate, encrypt/:name, decrypt/:name, auth/approle/login. Ciphertexts
 * `vault:v<version>:<base64>` are kept as BE32(version) ‖ bytes: base64 has several spellings of the same bytes.
 * The context goes as `associated_data`; the caller does not depend on an old Vault understanding it.
 */
export class VaultTransit implements RemoteCipher {
  readonly #options: VaultTransitOptions
  readonly #http: HttpCaller
  #token: Promise<string> | undefined

  constructor(options: VaultTransitOptions) {
    this.#options = options
    this.#http = new HttpCaller({
      origin: options.address,
      caFile: options.caFile,
      ...(options.attemptMs !== undefined && { attemptMs: options.attemptMs }),
    })
  }

  /** Vault answers the same for a key that exists. */
  async createKey(name: string): Promise<void> {
    await this.#post(`keys/${name}`, { type: 'aes256-gcm96' })
  }

  async rotateKey(name: string): Promise<void> {
    await this.#post(`keys/${name}/rotate`, {})
  }

  async encrypt(name: string, plaintext: Buffer, context: RemoteContext): Promise<Buffer> {
    const data = await this.#post(`encrypt/${name}`, {
      plaintext: plaintext.toString('base64'),
      associated_data: associatedData(context),
    })
    const [, version, bytes] = /^vault:v(\d{1,9}):([A-Za-z0-9+/]+={0,2})$/.exec(String(data.ciphertext)) ?? []
    if (version === undefined || bytes === undefined) throw new RemoteError('away', 'not a ciphertext')
    const number = Buffer.alloc(VERSION_BYTES)
    number.writeUInt32BE(Number(version))
    return Buffer.concat([number, Buffer.from(bytes, 'base64')])
  }

  async decrypt(name: string, ciphertext: Buffer, context: RemoteContext): Promise<Buffer> {
    const version = ciphertext.length > VERSION_BYTES ? ciphertext.readUInt32BE(0) : 0
    // Vault reads version 0 as 1 (keysutil, compatibility mode): two spellings of one ciphertext.
    if (version === 0) throw new RemoteError('invalid', 'no version')
    const bytes = ciphertext.subarray(VERSION_BYTES).toString('base64')
    const data = await this.#post(`decrypt/${name}`, {
      ciphertext: `vault:v${version}:${bytes}`,
      associated_data: associatedData(context),
    })
    if (typeof data.plaintext !== 'string') throw new RemoteError('away', 'no plaintext')
    return Buffer.from(data.plaintext, 'base64')
  }

  async #post(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await this.#send(`${this.#options.mount}/${path}`, body, await this.#login())
    if (answer.status !== 403) return dataOf(answer)
    // The token may have expired, or its file may hold another by now: once with a new one.
    this.#token = undefined
    return dataOf(await this.#send(`${this.#options.mount}/${path}`, body, await this.#login()))
  }

  #login(): Promise<string> {
    if (this.#token !== undefined) return this.#token
    const { login } = this.#options
    const token = login.kind === 'token' ? readSecretLine(login.file) : this.#loginByRole(login)
    this.#token = token
    token.catch(() => (this.#token = undefined))
    return token
  }

  async #loginByRole({
    roleIdFile,
    secretIdFile,
  }: {
    roleIdFile: string
    secretIdFile: string
  }): Promise<string> {
    const credentials = {
      role_id: await readSecretLine(roleIdFile, { secret: false }),
      secret_id: await readSecretLine(secretIdFile),
    }
    const answer = await this.#send('auth/approle/login', credentials, undefined)
    // Vault says 400 to a wrong role or secret id, which is no fault of a ciphertext.
    if (answer.status === 400) throw new RemoteError('refused', 'approle login')
    const { auth } = parsed(answer)
    const token = isRecord(auth) ? auth.client_token : undefined
    if (typeof token !== 'string') throw new RemoteError('away', 'no token')
    return token
  }

  #send(path: string, body: object, token: string | undefined): Promise<HttpAnswer> {
    const { namespace } = this.#options
    return this.#http.call({
      method: 'POST',
      path: `/v1/${path}`,
      headers: {
        'content-type': 'application/json',
        // Vault agents and proxies ask for it, against requests that somebody else was tricked into.
        'x-vault-request': 'true',
        ...(token !== undefined && { 'x-vault-token': token }),
        ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
      },
      body: JSON.stringify(body),
    })
  }
}

function associatedData(context: RemoteContext): string {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.from(JSON.stringify(pairs)).toString('base64')
}

/** @throws RemoteError */
function dataOf(answer: HttpAnswer): Record<string, unknown> {
  const { status } = answer
  if (status === 204) return {}
  const { data } = parsed(answer)
  return isRecord(data) ? data : {}
}

/** @throws RemoteError for anything but success (Vault HTTP API, "HTTP status codes") */
function parsed(answer: HttpAnswer): Record<string, unknown> {
  const { status } = answer
  const body = jsonOf(answer)
  if (status === 200 && isRecord(body)) return body
  if (status === 400) throw badRequest(body)
  if (status === 403 || status === 404) throw new RemoteError('refused', String(status))
  // 412: a standby that has not caught up; 429: quota or standby; 472, 473: secondary or standby; 503: sealed.
  if ([412, 429, 472, 473, 500, 502, 503, 504].includes(status)) throw new RemoteError('busy', String(status))
  throw new RemoteError('away', `status ${status}`)
}

/** Only a ciphertext that was tried and failed is the ciphertext's fault; a missing or trimmed key is not. */
function badRequest(body: unknown): RemoteError {
  const errors = isRecord(body) && Array.isArray(body.errors) ? body.errors.map(String) : []
  const ofCiphertext = errors.some(
    (error) => error.includes('invalid ciphertext') || error.includes('authentication failed'),
  )
  return ofCiphertext ? new RemoteError('invalid', '400') : new RemoteError('refused', '400')
}

function jsonOf({ body }: HttpAnswer): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
