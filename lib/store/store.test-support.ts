import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { openFilesystemStore } from '../blobs/filesystem.ts'
import type { AuditEvent } from '../audit/model.ts'
import { readyChecksums } from '../crypto/checksums.ts'
import { openDatabase, type Database } from '../db/database.ts'
import { createKeyring } from '../keys/keyring-service.ts'
import { FileRoot } from '../keys/root/file.ts'
import { openRoot } from '../keys/root/open-root.ts'
import type { StoreDeps } from './deps.ts'
import type { CustomerKey, EncryptionChoice, EncryptionMode } from './encryption-model.ts'
import type { Caller, ObjectMetadata, ProjectRole } from './model.ts'
import type {
  GetObject,
  OperationName,
  OperationOf,
  PutObject,
  RequestContext,
  Results,
  Store,
} from './operations.ts'
import { createStore } from './store.ts'

export const CHUNK = 2 ** 16

/** One way to encrypt, with the key that reads need. */
export interface Method {
  name: string
  mode: EncryptionMode
  suite: 'AES256' | 'SM4' | undefined
  encryption: EncryptionChoice
  customerKey?: CustomerKey
}

function customerMethod(suite: 'AES256' | 'SM4'): Method {
  const key = randomBytes(suite === 'AES256' ? 32 : 16)
  return {
    name: `customer-key ${suite}`,
    mode: 'customer-key',
    suite,
    encryption: { kind: 'customer-key', suite, key },
    customerKey: { suite, key },
  }
}

function keptMethod(kind: 'service-key' | 'managed-key', suite: 'AES256' | 'SM4'): Method {
  const encryption: EncryptionChoice =
    kind === 'service-key' ? { kind, suite } : { kind, suite, context: { team: 'ö', a: '' } }
  return { name: `${kind} ${suite}`, mode: kind, suite, encryption }
}

/** Every mode in every suite. */
export const METHODS: readonly Method[] = [
  { name: 'none', mode: 'none', suite: undefined, encryption: { kind: 'none' } },
  ...(['AES256', 'SM4'] as const).flatMap((suite) => [
    keptMethod('service-key', suite),
    keptMethod('managed-key', suite),
    customerMethod(suite),
  ]),
]
export const ENCRYPTED = METHODS.filter(({ mode }) => mode !== 'none')

/** For `test.each`: its name, then the method. */
export const named = (methods: readonly Method[] = METHODS) =>
  methods.map((method) => [method.name, method] as const)

export const METADATA: ObjectMetadata = { contentType: 'text/plain', userMetadata: { a: 'ü' } }

/** account numbers of the projects that benches made */
const accounts = new Map<string, string>()

/** The store on its real parts, in a folder of its own. */
export interface Bench {
  store: Store
  deps: StoreDeps
  audit: KeptAudit
  database: Database
  /** straight to the database, as somebody who stole or edits it */
  sql: SqliteDatabase.Database
  blobFolder: string
  projectId: string
  otherProjectId: string
  /** name of a bucket without default encryption */
  bucket: string
  dispose(): Promise<void>
}

/** Keeps what the store reports. */
export class KeptAudit {
  readonly events: AuditEvent[] = []
  record(event: AuditEvent): void {
    this.events.push(event)
  }
  append(event: AuditEvent): Promise<void> {
    this.events.push(event)
    return Promise.resolve()
  }
}

export async function openBench(overrides: Partial<StoreDeps> = {}): Promise<Bench> {
  await readyChecksums()
  const folder = mkdtempSync(join(tmpdir(), 'coffer-store-'))
  const dataDir = join(folder, 'data')
  const database = await openDatabase({ dataDir, garbageGraceMs: 0 })
  const root = await openRoot({
    source: new FileRoot(join(folder, 'root.key')),
    dataDir,
    repository: database.keys,
  })
  const keyring = createKeyring({
    root,
    repository: database.keys,
    region: 'us-east-1',
    accountOf: async (projectId) => (await database.accounts.findProject(projectId))!.accountNumber,
    servicePeriodDays: 90,
  })
  const newProject = async (): Promise<string> => {
    const projectId = randomUUID()
    const accountNumber = String(randomInt(1e11, 1e12))
    accounts.set(projectId, accountNumber)
    await database.accounts.insertProject({ projectId, name: 'P', accountNumber, createdAt: 0 })
    await keyring.createDefaultKey(projectId)
    return projectId
  }
  const blobFolder = join(dataDir, 'blobs')
  const blobs = await openFilesystemStore({ directory: blobFolder })
  const audit = new KeptAudit()
  const deps: StoreDeps = {
    catalog: database.catalog,
    integrity: database.integrityLog,
    blobs,
    keyring,
    region: 'us-east-1',
    accountOf: async (projectId) => accounts.get(projectId)!,
    audit,
    defaultBucketEncryption: undefined,
    publicAccess: 'allowed',
    chunkLog2: { AES256: Math.log2(CHUNK), SM4: Math.log2(CHUNK) },
    now: Date.now,
    ...overrides,
  }
  const store = createStore(deps)
  const [projectId, otherProjectId] = [await newProject(), await newProject()]
  const bucket = 'bucket'
  await store.run({ name: 'CreateBucket', bucket }, caller(projectId), SECURE)
  const sql = new SqliteDatabase(join(dataDir, 'coffer.db'))
  const dispose = async (): Promise<void> => {
    sql.close()
    await blobs.close()
    await database.close()
    rmSync(folder, { recursive: true })
  }
  return { store, deps, audit, database, sql, blobFolder, projectId, otherProjectId, bucket, dispose }
}

export const SECURE: RequestContext = { requestId: 'r', secure: true, signal: new AbortController().signal }
export const INSECURE: RequestContext = { ...SECURE, secure: false }

export function caller(projectId: string, role: ProjectRole = 'owner'): Caller {
  return { kind: 'member', userId: 'u', projectId, role, account: accounts.get(projectId) ?? '' }
}

/** Runs an operation as the owner of the project over a secure connection. */
export function run<N extends OperationName>(bench: Bench, operation: OperationOf<N>): Promise<Results[N]> {
  return bench.store.run<N>(operation, caller(bench.projectId), SECURE)
}

/** A body in pieces of the given sizes, the last one repeated. */
export async function* bodyOf(bytes: Buffer, ...sizes: number[]): AsyncGenerator<Buffer> {
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)] ?? CHUNK
    // A copy, because writers own what they are given.
    yield Buffer.from(bytes.subarray(at, at + size))
    at += size
  }
}

export function putOf(bench: Bench, key: string, bytes: Buffer, changes: Partial<PutObject> = {}): PutObject {
  return {
    name: 'PutObject',
    bucket: bench.bucket,
    key,
    body: bodyOf(bytes),
    contentLength: bytes.length,
    metadata: METADATA,
    storageClass: 'STANDARD',
    tags: {},
    encryption: { kind: 'bucket-default' },
    checks: {},
    conditions: {},
    ...changes,
  }
}

export function put(bench: Bench, key: string, bytes: Buffer, changes: Partial<PutObject> = {}) {
  return run(bench, putOf(bench, key, bytes, changes))
}

export async function collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

export type Read = Omit<Results['GetObject'], 'body'> & { bytes: Buffer }

export async function get(bench: Bench, key: string, changes: Partial<GetObject> = {}): Promise<Read> {
  const operation: GetObject = { name: 'GetObject', bucket: bench.bucket, key, conditions: {}, ...changes }
  const { body, ...result } = await run(bench, operation)
  return { ...result, bytes: await collect(body) }
}

/** What `get` and friends need to read an object stored by a method. */
export function keyFor({ customerKey }: Method): { customerKey?: CustomerKey } {
  return customerKey ? { customerKey } : {}
}

/** Everything a refused request must leave as it was: rows, blobs, temporary files. */
export async function traces({ deps, sql, blobFolder }: Bench): Promise<unknown> {
  const count = (table: string): unknown => sql.prepare(`SELECT COUNT(*) AS n FROM "${table}"`).get()
  const blobs: string[] = []
  for await (const { id } of deps.blobs.list()) blobs.push(id)
  const tables = ['object_version', 'part', 'multipart_upload', 'garbage', 'usage']
  const files = readdirSync(blobFolder, { recursive: true, encoding: 'utf8' }).sort()
  return { files, blobs: blobs.sort(), rows: tables.map(count), temporary: await deps.blobs.recover() }
}
