import { randomBytes } from 'node:crypto'
import type { SuiteName } from '../crypto/suites.ts'
import { StoreError } from '../errors.ts'
import { CustomerKeys } from './customer-keys.ts'
import type { CustomerKeyProof } from './customer-keys.ts'
import { DataKeys } from './data-keys.ts'
import { KeyDirectory } from './key-directory.ts'
import { KeyNames } from './key-names.ts'
import { keyArn } from './key-reference.ts'
import type { KeyProvider } from './key-provider.ts'
import type { KeyRepository, KeyRow } from './key-repository.ts'
import type {
  DataKeyChoice,
  DataKeyPlace,
  DataKeyRecord,
  KeyDescription,
  Keyring,
  KeyRulesRow,
  SealLabel,
} from './keyring.ts'
import { ManagedKeys } from './managed-keys.ts'
import { DEFAULT_ROTATION_DAYS, newKeyRow, newKeyVersion, rotationEvery } from './new-keys.ts'
import { EmbeddedKeyProvider } from './providers/embedded.ts'
import type { Root } from './root/root-key.ts'
import { Sealer } from './sealer.ts'
import { ServiceKeys } from './service-keys.ts'

/** Alias of a project's default key beside its id; `alias/aws/s3` means the same key. */
export const DEFAULT_KEY_ALIAS = 'alias/coffer/default'

const DATA_KEY_BYTES = 32

export interface KeyringOptions {
  root: Root
  repository: KeyRepository
  /** the region in key ARNs */
  region: string
  /** the 12-digit account number of a project */
  accountOf: (projectId: string) => Promise<string>
  servicePeriodDays: number
  /** ms since the epoch */
  clock?: () => number
}

/** The keyring, and the parts under it that the key service administers keys with. */
export interface KeyParts {
  keyring: Keyring
  directory: KeyDirectory
  names: KeyNames
  managedKeys: ManagedKeys
  provider: KeyProvider
}

/** Wires everything that knows keys over one provider; one a process, because they share what they remember. */
export function createKeyParts(
  options: KeyringOptions,
  provider: KeyProvider = new EmbeddedKeyProvider(options.root),
): KeyParts {
  const { repository, region, accountOf, clock: now = Date.now } = options
  const forgetMaterial = (keyId: string): void => provider.forget(keyId)
  const directory = new KeyDirectory({ repository, now, forgetMaterial })
  const names = new KeyNames({ directory, region, accountOf })
  const managedKeys = new ManagedKeys({ directory, provider, now })
  const parts = { directory, names, managedKeys, provider }
  return { ...parts, keyring: new KeyringService(options, parts) }
}

/** The keyring over the embedded provider. */
export function createKeyring(options: KeyringOptions): Keyring {
  return createKeyParts(options).keyring
}

type CustomerKey = { suite: SuiteName; key: Buffer }

/** The keyring over a key repository, a key provider and the root. */
export class KeyringService implements Keyring {
  readonly #directory: KeyDirectory
  readonly #names: KeyNames
  readonly #provider: KeyProvider
  readonly #customerKeys: CustomerKeys
  readonly #serviceKeys: ServiceKeys
  readonly #dataKeys: DataKeys
  readonly #sealer: Sealer
  readonly #now: () => number

  constructor(
    { root, servicePeriodDays, clock = Date.now }: KeyringOptions,
    { directory, names, managedKeys, provider }: Omit<KeyParts, 'keyring'>,
  ) {
    this.#now = clock
    this.#provider = provider
    this.#directory = directory
    this.#names = names
    this.#customerKeys = new CustomerKeys(root)
    this.#sealer = new Sealer(root)
    this.#serviceKeys = new ServiceKeys(root, servicePeriodDays, clock)
    this.#dataKeys = new DataKeys({
      names,
      directory,
      managedKeys,
      serviceKeys: this.#serviceKeys,
      customerKeys: this.#customerKeys,
      now: clock,
    })
  }

  defaultKey(projectId: string): Promise<KeyDescription> {
    return this.resolveKey(projectId)
  }

  /** Answers with the existing key when there is one: creating a project may be resumed after a crash. */
  async createDefaultKey(projectId: string): Promise<KeyDescription> {
    const existing = await this.#directory.defaultOf(projectId)
    if (existing === undefined) await this.#insertDefaultKey(projectId)
    return this.defaultKey(projectId)
  }

  async resolveKey(projectId: string, keyRef?: string): Promise<KeyDescription> {
    return this.#names.describe(await this.#names.find(projectId, keyRef))
  }

  async keyRules(projectId: string, keyRef?: string): Promise<KeyRulesRow> {
    const { keyId, policy } = await this.#names.find(projectId, keyRef)
    const home = await this.#names.home(projectId)
    const grants = await this.#directory.grants(keyId)
    return { keyId, arn: keyArn(home, keyId), account: home.account, policy, grants }
  }

  async listKeys(projectId: string): Promise<KeyDescription[]> {
    const keys = await this.#directory.list(projectId)
    return Promise.all(keys.map((key) => this.#names.describe(key)))
  }

  async generateDataKey(
    projectId: string,
    choice: DataKeyChoice,
    place: DataKeyPlace,
  ): Promise<{ dataKey: Buffer; record: DataKeyRecord }> {
    const dataKey = randomBytes(DATA_KEY_BYTES)
    return { dataKey, record: await this.#dataKeys.wrap(projectId, choice, place, dataKey) }
  }

  decryptDataKey(
    projectId: string,
    record: DataKeyRecord,
    place: DataKeyPlace,
    customerKey?: CustomerKey,
  ): Promise<Buffer> {
    return this.#dataKeys.unwrap(projectId, record, place, customerKey)
  }

  async rewrap(
    projectId: string,
    record: DataKeyRecord,
    from: DataKeyPlace,
    to: { choice: DataKeyChoice; place: DataKeyPlace },
    customerKey?: CustomerKey,
    prove?: (dataKey: Buffer) => void,
  ): Promise<DataKeyRecord> {
    // A data key belongs to the suite its data was encrypted with (crypto/FORMAT.md): another needs new data.
    if (to.choice.suite !== record.suite) {
      throw new StoreError(
        'InvalidArgument',
        'A data key can only be rewrapped for the cipher suite of its data',
      )
    }
    const dataKey = await this.#dataKeys.unwrap(projectId, record, from, customerKey)
    try {
      prove?.(dataKey)
      return await this.#dataKeys.wrap(projectId, to.choice, to.place, dataKey)
    } finally {
      dataKey.fill(0)
    }
  }

  serviceKeyVersion(projectId: string): number {
    return this.#serviceKeys.current(projectId).keyVersion
  }

  matchesCustomerKey(record: CustomerKeyProof, key: Buffer): boolean {
    return this.#customerKeys.matches(record, key)
  }

  customerKeyVerifier(key: Buffer): CustomerKeyProof {
    return this.#customerKeys.prove(key)
  }

  seal(label: SealLabel, binding: string, bytes: Buffer): Buffer {
    return this.#sealer.seal(label, binding, bytes)
  }

  open(label: SealLabel, binding: string, sealed: Buffer): Buffer {
    return this.#sealer.open(label, binding, sealed)
  }

  async #insertDefaultKey(projectId: string): Promise<void> {
    const key: KeyRow = {
      ...newKeyRow({ projectId, spec: 'AES_256', origin: 'AWS_KMS', createdAt: this.#now() }),
      isDefault: true,
      description: 'Default key of the project, shared by its members',
      ...rotationEvery(DEFAULT_ROTATION_DAYS, this.#now()),
    }
    const version = await newKeyVersion(this.#provider, key, 1, 'CREATION', key.createdAt)
    try {
      await this.#directory.insert(key, version, [DEFAULT_KEY_ALIAS])
    } catch (error) {
      // Two first requests at once: the database keeps one default key a project, and the other's is as good.
      if ((await this.#directory.defaultOf(projectId)) === undefined) throw error
    }
  }
}
