import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { AccountRepository } from './accounts/account-repository.ts'
import type { Accounts } from './accounts/accounts.ts'
import { createAuditReading, type AuditReading } from './accounts/audit-reading.ts'
import { createAccounts } from './accounts/accounts-service.ts'
import { createKmsAuthorization, type KmsAuthorization } from './accounts/kms-authorization.ts'
import type { Members } from './accounts/members.ts'
import { createMembers } from './accounts/members-service.ts'
import { Passwords } from './accounts/passwords.ts'
import { openFilesystemStore } from './blobs/filesystem.ts'
import { reportBrokenHead } from './audit/head-check.ts'
import { createAuditLog } from './audit/log.ts'
import type { AuditLog } from './audit/model.ts'
import { backupState } from './backup/backup-state.ts'
import type { BackupState } from './backup/backup-state.ts'
import type { BatchJobs } from './batch/jobs.ts'
import { createBatchJobs } from './batch/jobs-service.ts'
import type { Config } from './config.ts'
import { readyChecksums } from './crypto/checksums.ts'
import { openDatabase } from './db/database.ts'
import type { Serve } from './dialects/raw.ts'
import { createServe } from './dialects/serve.ts'
import { claimBlobs, type Claim } from './jobs/claim-blobs.ts'
import { collectGarbage } from './jobs/collect-garbage.ts'
import { keepKeys } from './jobs/keep-keys.ts'
import { createLifecycleJob } from './jobs/lifecycle.ts'
import { startPeriodic } from './jobs/runner.ts'
import { createScrubber } from './jobs/scrub.ts'
import { Pace } from './jobs/scrub-pace.ts'
import { startOrphanSweeps } from './jobs/sweep-orphans.ts'
import { StoreError } from './errors.ts'
import type { Keyring } from './keys/keyring.ts'
import { createKeyParts } from './keys/keyring-service.ts'
import { EmbeddedKeyProvider } from './keys/providers/embedded.ts'
import { providerRegistry } from './keys/providers/provider-registry.ts'
import type { KeyServiceHealth } from './keys/providers/provider-registry.ts'
import { externalProviders } from './keys/providers/services-from-settings.ts'
import { openRoot } from './keys/root/open-root.ts'
import { processSurroundings, rootSource } from './keys/root/root-from-settings.ts'
import type { KeyService } from './kms/operations.ts'
import { createKeyAccess } from './kms/policy-access.ts'
import { createKeyService } from './kms/service.ts'
import { createKeyUpkeep } from './kms/upkeep.ts'
import { createKeyAccessReport, type KeyAccessReport } from './kms/who-may-use.ts'
import { createIntegrityReading, type IntegrityReading } from './proof/integrity-reading.ts'
import { ReceiptKey } from './proof/receipt-key.ts'
import { createReceipts, type Receipts } from './proof/receipts.ts'
import type { BucketEncryptionRule } from './store/encryption-model.ts'
import type { Store } from './store/operations.ts'
import { HashPool } from './store/hash-pool.ts'
import { createStore } from './store/store.ts'

/** log2 of the plaintext bytes of a chunk of new blobs; measured in ARCHITECTURE.md, "Chunks of 128 KiB". */
const CHUNK_LOG2 = { AES256: 17, SM4: 16 } as const

const FIRST_PROJECT = 'Default project'
const HOUR = 3_600_000
/** Some 20,000 rows looked at a second, or a thousand changed. */
const LIFECYCLE_BYTES_PER_SECOND = 20 * 2 ** 20

/** The running Coffer: what the two ports, the console's routes and the scripts may reach. */
export interface System {
  config: Config
  store: Store
  keyring: Keyring
  /** the key service: every use case of the key API and of the console's keys */
  kms: KeyService
  /** who may use a key, and by which rule */
  keyAccess: KeyAccessReport
  /**
   * External key services, and since when each answers or does not: what is under keys of one that is away cannot be
   * read or written meanwhile, everything else lives.
   */
  keyServices(): KeyServiceHealth[]
  /** whether the keys would survive the loss of this machine */
  backupState(): Promise<BackupState>
  accounts: Accounts
  /** members of projects, their roles and policies */
  members: Members
  /** where key uses and administrative acts are reported */
  audit: AuditLog
  /** for those who may read it */
  auditReading: AuditReading
  /** what is known of the integrity of stored objects */
  integrity: IntegrityReading
  /** signs what checks found */
  receipts: Receipts
  /** jobs that change the encryption of many objects */
  batch: BatchJobs
  /** the step before COS clients may use the keys of a project */
  kmsAuthorization: KmsAuthorization
  /** the object API */
  serve: Serve
  /** present until the first administrator exists */
  firstRun: { welcomeUrl: string } | undefined
  /** Finishes running jobs and closes the database. */
  close(): Promise<void>
}

/** One system a process, shared by the server's own modules and Next's bundled copy of them. */
export const SYSTEM = Symbol.for('coffer.system')

/**
 * The composition root: opens the database and the root key, recovers what a crash left, and wires the rooms.
 * @throws StartError with the mend in plain words; DatabaseError when the data folder is in use or newer than the code
 */
export async function createSystem(config: Config): Promise<System> {
  await readyChecksums()
  const database = await openDatabase({ dataDir: config.dataDir })
  try {
    const blobs = await openFilesystemStore({ directory: join(config.dataDir, 'blobs') })
    await blobs.recover()
    const claim = await claimBlobs({
      repository: database.lineage,
      blobs,
      unused: (await database.keys.rootCheckValue()) === undefined,
      now: Date.now,
    })
    if (claim.older) console.warn(olderDatabase(claim))
    const root = await openRoot({
      source: rootSource(config.root, processSurroundings(console.warn)),
      dataDir: config.dataDir,
      repository: database.keys,
    })
    const headKey = root.derive('audit')
    const audit = createAuditLog({ repository: database.audit, headKey })
    await reportBrokenHead(database.audit, headKey, audit)
    const services = externalProviders(config.keyServices, process.env)
    const providers = providerRegistry(new EmbeddedKeyProvider(root), services)
    const accountOf = accountNumbers(database.accounts)
    const keys = createKeyParts(
      {
        root,
        repository: database.keys,
        region: config.region,
        accountOf,
        servicePeriodDays: config.serviceKeyPeriodDays,
      },
      providers.provider,
    )
    const { keyring } = keys
    const keyDeps = {
      ...keys,
      sealer: keyring,
      dependents: database.keyDependents,
      access: createKeyAccess(keys),
      audit,
      providers: providers.names,
      now: Date.now,
    }
    const upkeep = createKeyUpkeep(keyDeps)
    const passwords = new Passwords()
    const accounts = createAccounts({
      repository: database.accounts,
      sealer: keyring,
      sessionHours: config.sessionHours,
      createProjectKey: async (projectId) => void (await keyring.createDefaultKey(projectId)),
      passwords,
      audit,
      kmsAuthorization: config.kmsAuthorization,
    })
    const kmsAuthorization = createKmsAuthorization({ repository: database.accounts, audit })
    const members = createMembers({
      repository: database.members,
      people: database.accounts,
      passwords,
      audit,
      startSession: (userId) => accounts.startSession(userId),
      createProject: (project) => accounts.createProject(project),
      forgetCredentials: () => accounts.forgetCredentials(),
    })
    await accounts.ensureFirstProject({ name: FIRST_PROJECT })
    const { catalog } = database
    const hashPool = new HashPool({ threads: Math.min(2, availableParallelism() - 1) })
    const store = createStore({
      hashPool,
      catalog,
      integrity: database.integrityLog,
      blobs,
      keyring,
      audit,
      accountOf,
      region: config.region,
      chunkLog2: CHUNK_LOG2,
      restoreDelayMs: config.restoreDelayMs,
      now: Date.now,
      defaultBucketEncryption: defaultRule(config),
      publicAccess: config.publicAccess,
    })
    const scrubber = createScrubber({
      blobs,
      keyring,
      hashPool,
      audit,
      repository: database.scrub,
      integrity: database.integrityLog,
      pace: new Pace({ bytesPerSecond: config.scrubBytesPerSecond }),
      periodDays: config.scrubDays,
      now: Date.now,
    })
    const lifecycle = createLifecycleJob({
      catalog,
      audit,
      repository: database.lifecycle,
      pace: new Pace({ bytesPerSecond: LIFECYCLE_BYTES_PER_SECOND }),
      everyHours: config.lifecycleHours,
      now: Date.now,
    })
    const batch = createBatchJobs({
      repository: database.batch,
      store,
      catalog,
      keyring,
      audit,
      callerFor: (userId, projectId) => accounts.callerFor(userId, projectId),
      nameOf: async (userId) => (await database.accounts.findUser(userId))?.name,
      accountOf,
      region: config.region,
      now: Date.now,
    })
    await batch.start()
    const jobs = [
      startPeriodic({ name: 'scrub', everyMs: 60_000, run: () => scrubber.run() }),
      startPeriodic({ name: 'lifecycle', everyMs: 60_000, run: () => lifecycle.run() }),
      startPeriodic({
        name: 'collect-garbage',
        everyMs: 60_000,
        run: () => collectGarbage({ catalog, blobs }),
      }),
      startOrphanSweeps({ catalog, blobs, sweepFrom: claim.sweepFrom }),
      startPeriodic({ name: 'prune-jobs', everyMs: HOUR, run: () => batch.prune() }),
      startPeriodic({ name: 'keep-keys', everyMs: 60_000, run: () => keepKeys(upkeep) }),
    ]
    const kms = createKeyService(keyDeps)
    const system: System = {
      config,
      store,
      keyring,
      kms,
      keyAccess: createKeyAccessReport({
        kms,
        members: async (caller, context) => (await members.list(caller, context)).members,
      }),
      keyServices: providers.health,
      backupState: async () => backupState(await database.backups.backupFacts()),
      accounts,
      members,
      audit,
      auditReading: createAuditReading({ repository: database.audit, audit }),
      integrity: createIntegrityReading({
        repository: database.integrity,
        scrubber,
        audit,
        periodDays: config.scrubDays,
      }),
      receipts: createReceipts({
        key: new ReceiptKey(root),
        audit,
        chain: database.audit,
        url: config.publicConsoleUrl,
        now: Date.now,
      }),
      batch,
      kmsAuthorization,
      serve: createServe({
        store,
        kms,
        accounts,
        region: config.region,
        objectDomains: config.objectDomains,
        ossDomains: config.ossDomains,
        cosDomains: config.cosDomains,
        cosKms: { regions: config.kmsRegions, authorization: kmsAuthorization },
        cors: {
          origins: config.corsOrigins,
          rulesOf: async (bucket) => (await catalog.findBucket(bucket))?.cors,
        },
      }),
      firstRun: await firstRun(accounts, config),
      close: async () => {
        await Promise.all([scrubber.stop(), lifecycle.stop()])
        await Promise.all([batch.close(), ...jobs.map((job) => job.stop())])
        await hashPool.close()
        await audit.flush().catch((error: unknown) => console.error('[audit] not all was written', error))
        await database.close()
      },
    }
    Object.assign(globalThis, { [SYSTEM]: system })
    return system
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Account numbers never change, and every described object asks for one. */
function accountNumbers(accounts: AccountRepository): (projectId: string) => Promise<string> {
  const known = new Map<string, string>()
  return async (projectId) => {
    const number = known.get(projectId) ?? (await accounts.findProject(projectId))?.accountNumber
    if (number === undefined) throw new StoreError('NoSuchProject', 'The project does not exist')
    known.set(projectId, number)
    return number
  }
}

function defaultRule({ defaultBucketEncryption }: Config): BucketEncryptionRule | undefined {
  switch (defaultBucketEncryption) {
    case 'none':
      return undefined
    case 'AES256':
      return { kind: 'service-key', suite: 'AES256' }
    case 'aws:kms':
      return { kind: 'managed-key', suite: 'AES256', bucketKeyEnabled: false }
  }
}

function olderDatabase({ sweepFrom }: Claim): string {
  const day = new Date(sweepFrom).toISOString().slice(0, 10)
  return `The database is older than the files that lie beside it. If there is a newer one, stop and put that back. Files that this one does not know are kept until ${day}.`
}

async function firstRun(accounts: Accounts, config: Config): Promise<System['firstRun']> {
  if (!(await accounts.needsFirstAdministrator())) return undefined
  return { welcomeUrl: `${config.publicConsoleUrl}/welcome?token=${await accounts.createWelcomeToken()}` }
}
