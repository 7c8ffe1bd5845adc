import { StoreError } from '../errors.ts'
import { storedPolicy } from '../policy/stored-policy.ts'
import type { AccountRepository } from './account-repository.ts'
import type { OwnAccessKey } from './accounts.ts'
import { CredentialCache } from './credential-cache.ts'
import type { Credentials } from './credential-cache.ts'
import { checkedName } from './identity.ts'
import type { AccessKey } from './model.ts'
import { isAccessKeyId, newSecretAccessKey } from './tokens.ts'

/** The keyring's two gestures that accounts need; secrets lie in the database only sealed. */
export interface SecretSealer {
  seal(label: 'access-key-secret', binding: string, bytes: Buffer): Buffer
  open(label: 'access-key-secret', binding: string, sealed: Buffer): Buffer
}

/** "Last used" is shown in minutes; a write for every request would cost more than the request. */
const TOUCH_EVERY_MS = 60_000
const TOUCHED_KEYS = 10_000

/** Access keys of members for S3 clients. */
export class AccessKeys {
  readonly #repository: AccountRepository
  readonly #sealer: SecretSealer
  readonly #now: () => number
  readonly #cache: CredentialCache
  readonly #touchedAt = new Map<string, number>()

  constructor(repository: AccountRepository, sealer: SecretSealer, now: () => number) {
    this.#repository = repository
    this.#sealer = sealer
    this.#now = now
    this.#cache = new CredentialCache(now)
  }

  /** The secret leaves in this answer only. @throws StoreError InvalidArgument */
  async create(
    { accessKeyId, userId, projectId }: OwnAccessKey,
    description: string,
  ): Promise<AccessKey & { secretAccessKey: string }> {
    const key: AccessKey = {
      accessKeyId,
      userId,
      projectId,
      description: checkedName('description', description, 0),
      state: 'Active',
      createdAt: this.#now(),
      lastUsedAt: undefined,
    }
    const secretAccessKey = newSecretAccessKey()
    await this.#repository.insertAccessKey(key, this.#seal(key.accessKeyId, secretAccessKey))
    return { ...key, secretAccessKey }
  }

  /** @throws StoreError NoSuchAccessKey, also for a key of somebody else or of another project */
  async setState(own: OwnAccessKey, state: AccessKey['state']): Promise<void> {
    const { accessKeyId } = own
    await this.#requireOwn(own)
    await this.#repository.setAccessKeyState(accessKeyId, state)
    this.#cache.forget(accessKeyId)
  }

  /** @throws StoreError NoSuchAccessKey, also for a key of somebody else or of another project */
  async delete(own: OwnAccessKey): Promise<void> {
    const { accessKeyId } = own
    await this.#requireOwn(own)
    await this.#repository.deleteAccessKey(accessKeyId)
    this.#cache.forget(accessKeyId)
    this.#touchedAt.delete(accessKeyId)
  }

  /** To be called after somebody's role, policy or membership changed. */
  forgetCredentials(): void {
    this.#cache.forgetAll()
  }

  /** @returns undefined for an unknown or inactive key */
  async credentials(accessKeyId: string): Promise<Credentials | undefined> {
    if (!isAccessKeyId(accessKeyId)) return undefined
    const credentials = await this.#cache.get(accessKeyId, () => this.#load(accessKeyId))
    if (credentials !== undefined) this.#touch(accessKeyId)
    return credentials
  }

  async #load(accessKeyId: string): Promise<Credentials | undefined> {
    const key = await this.#repository.findAccessKey(accessKeyId)
    if (key === undefined || key.state !== 'Active') return undefined
    const { userId, projectId, role, accountNumber: account, policy } = key
    const memberPolicy = policy === undefined ? undefined : storedPolicy(policy, 'member')
    const secret = this.#sealer.open('access-key-secret', accessKeyId, key.sealedSecret)
    const secretAccessKey = secret.toString()
    secret.fill(0)
    const rights = { role, account, ...(memberPolicy && { memberPolicy }) }
    return { secretAccessKey, caller: { kind: 'member', userId, projectId, ...rights, accessKeyId } }
  }

  #seal(accessKeyId: string, secretAccessKey: string): Buffer {
    return this.#sealer.seal('access-key-secret', accessKeyId, Buffer.from(secretAccessKey))
  }

  #touch(accessKeyId: string): void {
    const at = this.#now()
    if (at - (this.#touchedAt.get(accessKeyId) ?? -Infinity) < TOUCH_EVERY_MS) return
    if (this.#touchedAt.size >= TOUCHED_KEYS) this.#touchedAt.clear()
    this.#touchedAt.set(accessKeyId, at)
    this.#repository.touchAccessKey(accessKeyId, at)
  }

  async #requireOwn({ userId, projectId, accessKeyId }: OwnAccessKey): Promise<void> {
    const key = isAccessKeyId(accessKeyId) ? await this.#repository.findAccessKey(accessKeyId) : undefined
    if (key?.userId !== userId || key.projectId !== projectId)
      throw new StoreError('NoSuchAccessKey', 'The access key does not exist')
  }
}
