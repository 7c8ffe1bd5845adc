import { isStoreError } from '../errors.ts'
import type { KeyDescription } from '../keys/keyring.ts'
import type { Asker } from '../store/authorize.ts'
import type { StoreDeps } from '../store/deps.ts'
import type { ComparedKeys } from '../store/encryption-change.ts'
import { isKeyUseAllowed, type KeyUse } from '../store/key-use.ts'
import type { Bucket } from '../store/model.ts'

export type KeyVerdict = 'allowed' | 'key-denied' | 'key-unusable'

/**
 * Whether keys can be used, and by this member. Each is asked once for a bucket and an action, though a rule about
 * encryption contexts could judge two objects differently: this is for a forecast, and the use itself asks again.
 */
export class KeyOutlook {
  /** remembers keys for as long as it lives: moments */
  readonly keyring: ComparedKeys
  readonly #deps: Pick<StoreDeps, 'keyring' | 'region'>
  readonly #asker: Asker
  readonly #described = new Map<string, Promise<KeyDescription>>()
  readonly #verdicts = new Map<string, Promise<KeyVerdict>>()

  constructor(deps: Pick<StoreDeps, 'keyring' | 'region'>, asker: Asker) {
    this.#deps = deps
    this.#asker = asker
    const { keyring } = deps
    this.keyring = {
      resolveKey: (projectId, keyRef) =>
        remembered(this.#described, `${projectId} ${keyRef}`, () => keyring.resolveKey(projectId, keyRef)),
      serviceKeyVersion: (projectId) => keyring.serviceKeyVersion(projectId),
      matchesCustomerKey: (record, key) => keyring.matchesCustomerKey(record, key),
    }
  }

  async state({ projectId }: Bucket, keyRef: string | undefined): Promise<KeyVerdict> {
    try {
      const { state } = await this.keyring.resolveKey(projectId, keyRef)
      return state === 'Enabled' ? 'allowed' : 'key-unusable'
    } catch (error) {
      if (isStoreError(error)) return 'key-unusable'
      throw error
    }
  }

  use(use: KeyUse): Promise<KeyVerdict> {
    return remembered(this.#verdicts, `${use.bucket.bucketId} ${use.action} ${use.keyRef}`, async () => {
      const state = await this.state(use.bucket, use.keyRef)
      if (state !== 'allowed') return state
      return (await isKeyUseAllowed(this.#deps, this.#asker, use)) ? 'allowed' : 'key-denied'
    })
  }
}

function remembered<V>(known: Map<string, Promise<V>>, name: string, find: () => Promise<V>): Promise<V> {
  const value = known.get(name) ?? find()
  known.set(name, value)
  return value
}
