import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { expect } from 'vitest'
import type { AuditEvent, AuditLog } from '../audit/model.ts'
import { openTestDatabase } from '../db/db.test-support.ts'
import { createKeyParts } from '../keys/keyring-service.ts'
import type { KeyParts } from '../keys/keyring-service.ts'
import type { KeyRepository } from '../keys/key-repository.ts'
import { MemoryKeyRepository } from '../keys/memory-key-repository.test-support.ts'
import { EmbeddedKeyProvider } from '../keys/providers/embedded.ts'
import { providerRegistry } from '../keys/providers/provider-registry.ts'
import type { NamedProvider } from '../keys/providers/provider-registry.ts'
import { rootFromSecret } from '../keys/root/root-key.ts'
import type { Caller, ProjectRole } from '../store/model.ts'
import type { KeyDependents } from './dependents.ts'
import type { KeyMetadata, KeyOperationName, KeyRequest, KeyResult, KeyService } from './operations.ts'
import { createKeyAccess } from './policy-access.ts'
import { createKeyService } from './service.ts'
import { createKeyUpkeep } from './upkeep.ts'
import type { KeyUpkeep } from './upkeep.ts'
import type { KeyServiceDeps } from './use-case.ts'

export const REGION = 'us-east-1'
export const DAY = 86_400_000
export const CONTEXT = { requestId: 'request-1', remoteAddress: '192.0.2.7', secure: true }

/** Where a suite keeps its keys. */
export interface KmsHarness {
  repository: KeyRepository
  dependents: KeyDependents
  newProject(): Promise<{ projectId: string; account: string }>
  /** Says that so many object versions hang on a key. */
  hang(keyId: string, objects: number): Promise<void>
  close(): Promise<void>
}

export async function onMemory(): Promise<KmsHarness> {
  const repository = new MemoryKeyRepository()
  const ofKey = async (keyId: string) => {
    const { objects, uploads } = repository.dependents.get(keyId) ?? { objects: 0, uploads: 0 }
    return { objects, uploads, bytes: 0, buckets: [], versions: [] }
  }
  return {
    repository,
    dependents: { ofKey, bucketRules: async () => [] },
    newProject: async () => ({ projectId: randomUUID(), account: String(randomInt(1e11, 1e12)) }),
    hang: async (keyId, objects) => void repository.dependents.set(keyId, { objects, uploads: 0 }),
    close: async () => undefined,
  }
}

export interface SqliteHarness extends KmsHarness {
  dataDir: string
  /** for tests that hand the folder to another process */
  closeDatabase(): Promise<void>
  removeFolder(): void
}

export async function onSqlite(): Promise<SqliteHarness> {
  const database = await openTestDatabase()
  const { catalog, keys, keyDependents, accounts, dataDir } = database
  let bucketId: string | undefined
  const home = async (projectId: string): Promise<string> => {
    const id = randomUUID()
    const facts = { region: REGION, createdAt: 0, encryption: undefined, customerKeysBlocked: false }
    await catalog.createBucket({ bucketId: id, name: `b${id}`, projectId, ...facts })
    return id
  }
  return {
    repository: keys,
    dependents: keyDependents,
    dataDir,
    newProject: async () => {
      const projectId = randomUUID()
      const account = String(randomInt(1e11, 1e12))
      await accounts.insertProject({ projectId, name: 'P', accountNumber: account, createdAt: 0 })
      bucketId ??= await home(projectId)
      return { projectId, account }
    },
    hang: async (keyId, objects) => {
      const { newObject } = await import('../store/catalog-conformance-rows.ts')
      for (let i = 0; i < 3; i++) await catalog.deleteObject(bucketId!, `hanging-${keyId}-${i}`)
      for (let i = 0; i < objects; i++) {
        const row = newObject(bucketId!, `hanging-${keyId}-${i}`)
        const encryption = {
          mode: 'managed-key' as const,
          suite: 'AES256' as const,
          chunkLog2: 16,
          wrappedDataKey: randomBytes(114),
          encryptedAt: 0,
          keyId,
          keyVersion: 1,
          context: {},
          bucketKeyEnabled: false,
        }
        await catalog.commitObject({ ...row, encryption }, [])
      }
    },
    close: () => database.dispose(),
    closeDatabase: () => database.close(),
    removeFolder: () => rmSync(dataDir, { recursive: true }),
  }
}

export const HARNESSES = [
  ['memory', onMemory],
  ['SQLite', onSqlite],
] as const

/** An audit log that keeps what it is told, in order. */
export class ListedAuditLog implements AuditLog {
  readonly recorded: AuditEvent[] = []
  readonly appended: AuditEvent[] = []

  record(event: AuditEvent): void {
    this.recorded.push(event)
  }
  async append(event: AuditEvent): Promise<void> {
    this.appended.push(event)
  }
  async flush(): Promise<void> {}

  get all(): AuditEvent[] {
    return [...this.recorded, ...this.appended]
  }
}

/** The key service over a harness: one project, and a clock that tests turn. */
export interface TestKms {
  service: KeyService
  upkeep: KeyUpkeep
  parts: KeyParts
  deps: KeyServiceDeps
  audit: ListedAuditLog
  time: { now: number }
  projectId: string
  account: string
  /** the same root and database in another process */
  reopen(secret?: Buffer): Omit<TestKms, 'reopen'>
  newProject(): Promise<{ projectId: string; account: string }>
  caller(role?: ProjectRole, changes?: Partial<Caller & { kind: 'member' }>): Caller & { kind: 'member' }
  run<N extends KeyOperationName>(name: N, request: KeyRequest<N>, caller?: Caller): Promise<KeyResult<N>>
  newKey(changes?: Partial<KeyRequest<'CreateKey'>>): Promise<KeyMetadata>
}

/** @param services external key services that keys may lie in */
export async function testKms(
  harness: KmsHarness,
  services: readonly NamedProvider[] = [],
): Promise<TestKms> {
  const rootSecret = randomBytes(32)
  const time = { now: Date.parse('2026-11-21T00:00:00Z') }
  const accounts = new Map<string, string>()
  const open = (secret: Buffer = rootSecret): Omit<TestKms, 'reopen' | 'projectId' | 'account'> & Home => {
    const root = rootFromSecret(Buffer.from(secret))
    const options = {
      root,
      repository: harness.repository,
      region: REGION,
      accountOf: async (projectId: string) => accounts.get(projectId) ?? '000000000000',
      servicePeriodDays: 90,
      clock: () => time.now,
    }
    const providers = providerRegistry(new EmbeddedKeyProvider(root), services)
    const parts = createKeyParts(options, providers.provider)
    const audit = new ListedAuditLog()
    const deps: KeyServiceDeps = {
      ...parts,
      sealer: parts.keyring,
      dependents: harness.dependents,
      access: createKeyAccess(parts),
      audit,
      providers: providers.names,
      now: () => time.now,
    }
    const service = createKeyService(deps)
    const caller: TestKms['caller'] = (role = 'owner', changes = {}) => ({
      kind: 'member',
      userId: `the-${role}`,
      role,
      accessKeyId: 'AKIAEXAMPLE',
      ...home,
      ...changes,
    })
    const run: TestKms['run'] = (name, request, by = caller()) => service.run(name, request, by, CONTEXT)
    return {
      service,
      upkeep: createKeyUpkeep(deps),
      parts,
      deps,
      audit,
      time,
      ...home,
      newProject: async () => {
        const project = await harness.newProject()
        accounts.set(project.projectId, project.account)
        await parts.keyring.createDefaultKey(project.projectId)
        return project
      },
      caller,
      run,
      newKey: (changes) => run('CreateKey', { ...NEW_KEY, ...changes }),
    }
  }
  let home: Home = { projectId: '', account: '' }
  home = await open().newProject()
  // What tests make comes after what came with the project.
  time.now += 1
  return { ...open(), reopen: (secret) => open(secret) }
}

interface Home {
  projectId: string
  account: string
}

export const NEW_KEY: KeyRequest<'CreateKey'> = {
  spec: 'AES_256',
  origin: 'AWS_KMS',
  description: '',
  tags: [],
  policy: undefined,
  alias: undefined,
  provider: undefined,
}

/** The code of a refusal. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return (await refusal(work)).code
}

export async function refusal(
  work: Promise<unknown>,
): Promise<{ code: string; message: string; facts: Record<string, unknown> }> {
  const error = await work.then(
    () => expect.fail('it was not refused'),
    (e: unknown) => e,
  )
  expect(error).toMatchObject({ name: 'StoreError' })
  return error as { code: string; message: string; facts: Record<string, unknown> }
}

/** Encrypts and decrypts: whether a key works both ways. */
export async function works({ run }: Pick<TestKms, 'run'>, keyId: string): Promise<boolean> {
  const plaintext = randomBytes(20)
  const context = { purpose: 'test' }
  const { ciphertext } = await run('Encrypt', { keyId, plaintext, context, grantTokens: [] })
  const opened = await run('Decrypt', { keyId: undefined, ciphertext, context, grantTokens: [] })
  return opened.plaintext.equals(plaintext)
}
