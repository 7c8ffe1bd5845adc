import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Coffer, type Credentials } from '../e2e/coffer.ts'
import { signedHead } from './sigv4.ts'
import { Connection } from './wire.ts'

/** A server to measure and how to ask it. */
export interface Target {
  name: string
  pid: number
  port: number
  /** request bytes for storing and reading `key` with a body of `size` */
  put(key: string, size: number, payloadHash: string): Buffer
  get(key: string, size: number): Buffer
}

export const UNSIGNED = 'UNSIGNED-PAYLOAD'

/** Every mode of encryption as request headers; SM4 comes by the bucket's rule, as AWS has no word for it. */
function modes(): {
  name: string
  bucket: string
  write: Record<string, string>
  read: Record<string, string>
}[] {
  const key = randomBytes(32)
  const prefix = 'x-amz-server-side-encryption'
  const customer = {
    [`${prefix}-customer-algorithm`]: 'AES256',
    [`${prefix}-customer-key`]: key.toString('base64'),
    [`${prefix}-customer-key-md5`]: createHash('md5').update(key).digest('base64'),
  }
  return [
    { name: 'plain', bucket: 'bench', write: {}, read: {} },
    { name: 'SSE-S3', bucket: 'bench', write: { [prefix]: 'AES256' }, read: {} },
    { name: 'SSE-KMS', bucket: 'bench', write: { [prefix]: 'aws:kms' }, read: {} },
    { name: 'SSE-C', bucket: 'bench', write: customer, read: customer },
    { name: 'KMS, SM4', bucket: 'bench-sm4', write: {}, read: {} },
  ]
}

export interface RunningTargets {
  coffer: Coffer
  /** the bare server first, then the one that keeps files */
  targets: Target[]
  stop(): Promise<void>
}

/** A fresh Coffer with its data below `folder`, and two bare node:http servers beside it. */
export async function startTargets(folder: string): Promise<RunningTargets> {
  const files = join(folder, 'files')
  mkdirSync(files, { recursive: true })
  const bare = await startBare()
  const keeping = await startFiles(files)
  const coffer = await Coffer.start({ COFFER_DATA_DIR: join(folder, 'data') })
  await coffer.makeAdministrator()
  const credentials = await coffer.accessKey()
  await makeBuckets(coffer)
  const targets = [
    bare.target,
    keeping.target,
    ...modes().map((mode) => cofferTarget(coffer, credentials, mode)),
  ]
  return {
    coffer,
    targets,
    stop: async () => {
      bare.stop()
      keeping.stop()
      await coffer.destroy()
    },
  }
}

function cofferTarget(
  coffer: Coffer,
  credentials: Credentials,
  mode: ReturnType<typeof modes>[number],
): Target {
  const host = `127.0.0.1:${coffer.objectPort}`
  const path = (key: string): string => `/${mode.bucket}/${mode.name.replace(/\W/g, '-')}/${key}`
  return {
    name: mode.name,
    pid: coffer.pid,
    port: coffer.objectPort,
    put: (key, contentLength, payloadHash) =>
      signedHead(
        { method: 'PUT', host, path: path(key), headers: mode.write, payloadHash, contentLength },
        credentials,
      ),
    get: (key) =>
      signedHead(
        { method: 'GET', host, path: path(key), headers: mode.read, payloadHash: UNSIGNED },
        credentials,
      ),
  }
}

async function makeBuckets(coffer: Coffer): Promise<void> {
  const make = (name: string, encryption: object): Promise<Response> =>
    coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, { name, encryption })
  await make('bench', { kind: 'none' })
  await make('bench-sm4', { kind: 'managed-key', suite: 'SM4' })
}

interface Peer {
  target: Target
  stop: () => void
}

async function startBare(): Promise<Peer> {
  const peer = await startPeer('bare-server.ts')
  return peer('bare node:http', {
    put: (_key, size) => head(`PUT /0 HTTP/1.1\r\ncontent-length: ${size}`),
    get: (_key, size) => head(`GET /${size} HTTP/1.1`),
  })
}

async function startFiles(folder: string): Promise<Peer> {
  const peer = await startPeer('file-server.ts', folder)
  return peer('node:http, files', {
    put: (key, size) => head(`PUT /${key} HTTP/1.1\r\ncontent-length: ${size}`),
    get: (key, size) => head(`GET /${key} HTTP/1.1\r\nx-bytes: ${size}`),
  })
}

const head = (line: string): Buffer => Buffer.from(`${line}\r\nhost: 127.0.0.1\r\n\r\n`)

async function startPeer(
  file: string,
  ...args: string[]
): Promise<(name: string, requests: Pick<Target, 'put' | 'get'>) => Peer> {
  const flags = (process.env['COFFER_TEST_SERVER_FLAGS'] ?? '').split(' ').filter(Boolean)
  const child = spawn(process.execPath, [...flags, join(import.meta.dirname, file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (text: Buffer) => resolve(Number(/\d+/.exec(text.toString())?.[0])))
    child.once('exit', () => reject(new Error(`${file} ended`)))
  })
  return (name, requests) => ({
    target: { name, pid: child.pid ?? 0, port, ...requests },
    stop: () => child.kill('SIGKILL'),
  })
}

/** Runs `use` with `count` connections. */
export async function withConnections<T>(
  port: number,
  count: number,
  use: (connections: Connection[]) => Promise<T>,
): Promise<T> {
  const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(port)))
  try {
    return await use(connections)
  } finally {
    for (const connection of connections) connection.close()
  }
}
