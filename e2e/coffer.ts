import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PROJECT = join(import.meta.dirname, '..')
const START_TIMEOUT_MS = 60_000

export const ADMINISTRATOR = { name: 'Ada Lin', email: 'ada@example.org', password: 'a quiet river at dawn' }

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
}

/** A real Coffer: `server.ts` as a process of its own, with folders of its own, on free ports. */
export class Coffer {
  readonly folder: string
  readonly consolePort: number
  readonly objectPort: number
  readonly #env: Record<string, string>
  #process: ChildProcess | undefined
  #exited: Promise<void> = Promise.resolve()
  #log = ''
  #cookie = ''
  #projectId = ''

  private constructor(folder: string, ports: [number, number], env: Record<string, string>) {
    this.folder = folder
    ;[this.consolePort, this.objectPort] = ports
    this.#env = env
  }

  /** Starts a fresh one. `env` adds COFFER_* settings. */
  static async start(env: Record<string, string> = {}): Promise<Coffer> {
    const coffer = new Coffer(
      mkdtempSync(join(tmpdir(), 'coffer-')),
      [await freePort(), await freePort()],
      env,
    )
    await coffer.start()
    return coffer
  }

  get consoleUrl(): string {
    return `http://localhost:${this.consolePort}`
  }

  get objectUrl(): string {
    return `http://127.0.0.1:${this.objectPort}`
  }

  get dataDir(): string {
    return this.#env['COFFER_DATA_DIR'] ?? join(this.folder, 'data')
  }

  /** Everything it printed, over all its starts. */
  get log(): string {
    return this.#log
  }

  get pid(): number {
    return this.#process?.pid ?? 0
  }

  get projectId(): string {
    return this.#projectId
  }

  get cookie(): string {
    return this.#cookie
  }

  /** The one-time link for the first administrator, as the last start printed it. */
  get welcomeUrl(): string {
    return this.#log.match(/http:\S+\/welcome\?token=\S+/g)?.at(-1) ?? ''
  }

  async start(): Promise<void> {
    const flags = (process.env['COFFER_TEST_SERVER_FLAGS'] ?? '').split(' ').filter(Boolean)
    const child = spawn(process.execPath, [...flags, 'server.ts'], {
      cwd: PROJECT,
      env: { ...process.env, ...this.#settings() },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    const from = this.#log.length
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (this.#log += text.toString()))
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()))
    const running = async (): Promise<void> => {
      while (!/Object endpoint[\s\S]*Root key/.test(this.#log.slice(from)))
        await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const timeout = AbortSignal.timeout(START_TIMEOUT_MS)
    const failed = new Promise<never>((_resolve, reject) => {
      child.once('exit', () => reject(new Error(`Coffer ended while starting:\n${this.#log.slice(from)}`)))
      timeout.addEventListener('abort', () =>
        reject(new Error(`Coffer did not start in time:\n${this.#log.slice(from)}`)),
      )
    })
    await Promise.race([running(), failed])
    failed.catch(() => undefined)
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#process?.kill(signal)
    await this.#exited
    this.#process = undefined
  }

  /** Ends it without a chance to tidy up. */
  kill9(): Promise<void> {
    return this.stop('SIGKILL')
  }

  async destroy(): Promise<void> {
    await this.stop('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Follows the welcome link as the console does, and stays signed in. */
  async makeAdministrator(): Promise<void> {
    const token = new URL(this.welcomeUrl).searchParams.get('token')
    const response = await this.request('POST', '/api/welcome', { token, ...ADMINISTRATOR })
    this.#cookie = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ')
    const me = (await (await this.request('GET', '/api/me')).json()) as { project: { projectId: string } }
    this.#projectId = me.project.projectId
  }

  /** An access key of the administrator, made through the console's API. */
  async accessKey(): Promise<Credentials> {
    const response = await this.request('POST', `/api/access-keys?project=${this.#projectId}`, {
      description: 'test',
    })
    return (await response.json()) as Credentials
  }

  /** The project's default key as the console shows it. */
  async projectKey(): Promise<{ keyId: string; arn: string; aliases: string[] }> {
    return (
      (await (await this.request('GET', '/api/me')).json()) as {
        key: { keyId: string; arn: string; aliases: string[] }
      }
    ).key
  }

  /** A request of the console, as its pages make it. @throws when it does not succeed */
  async request(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(this.consoleUrl + path, {
      method,
      headers: {
        origin: this.consoleUrl,
        cookie: this.#cookie,
        ...(body instanceof Uint8Array ? {} : { 'content-type': 'application/json' }),
      },
      body:
        body === undefined ? null : body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
    })
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
    return response
  }

  #settings(): Record<string, string> {
    return {
      NODE_ENV: 'production',
      COFFER_DATA_DIR: join(this.folder, 'data'),
      COFFER_ROOT_KEY_FILE: join(this.folder, 'keys', 'root.key'),
      COFFER_CONSOLE_PORT: String(this.consolePort),
      COFFER_OBJECT_PORT: String(this.objectPort),
      ...this.#env,
    }
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
