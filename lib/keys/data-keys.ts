import { suiteByName } from '../crypto/suites.ts'
import type { SuiteName } from '../crypto/suites.ts'
import { unwrapDataKey, wrapDataKey } from '../crypto/wrap.ts'
import type { WrapBinding } from '../crypto/wrap.ts'
import { StoreError } from '../errors.ts'
import { checkCustomerKeySize } from './customer-keys.ts'
import type { CustomerKeys } from './customer-keys.ts'
import type { KeyDirectory } from './key-directory.ts'
import { corrupt, openedOrCorrupt, requireEnabled } from './key-errors.ts'
import { keyNotFound } from './key-reference.ts'
import type { KeyNames } from './key-names.ts'
import { isKeyVersion } from './managed-keys.ts'
import type { ManagedKeys } from './managed-keys.ts'
import type { DataKeyChoice, DataKeyPlace, DataKeyRecord } from './keyring.ts'
import { serviceKeyId } from './service-keys.ts'
import type { ServiceKeys } from './service-keys.ts'

export interface DataKeysOptions {
  names: KeyNames
  directory: KeyDirectory
  managedKeys: ManagedKeys
  serviceKeys: ServiceKeys
  customerKeys: CustomerKeys
  now: () => number
}

type CustomerKey = { suite: SuiteName; key: Buffer }
type ManagedChoice = Extract<DataKeyChoice, { mode: 'managed-key' }>
type RecordOf<M extends DataKeyRecord['mode']> = Extract<DataKeyRecord, { mode: M }>

/** Wraps and unwraps data keys in the three modes; everything about a place is bound into the wrapping. */
export class DataKeys {
  readonly #with: DataKeysOptions

  constructor(options: DataKeysOptions) {
    this.#with = options
  }

  /** @throws StoreError Key* | InvalidCustomerKey */
  async wrap(
    projectId: string,
    choice: DataKeyChoice,
    place: DataKeyPlace,
    dataKey: Buffer,
  ): Promise<DataKeyRecord> {
    switch (choice.mode) {
      case 'service-key':
        return this.#wrapByService(projectId, choice.suite, place, dataKey)
      case 'managed-key':
        return this.#wrapByManaged(projectId, choice, place, dataKey)
      case 'customer-key':
        return this.#wrapByCustomer(choice, place, dataKey)
    }
  }

  /** @throws StoreError CustomerKeyRequired | InvalidCustomerKey | WrongCustomerKey | Key* | ObjectCorrupt */
  unwrap(
    projectId: string,
    record: DataKeyRecord,
    place: DataKeyPlace,
    customerKey?: CustomerKey,
  ): Promise<Buffer> {
    switch (record.mode) {
      case 'service-key':
        return this.#unwrapByService(projectId, record, place)
      case 'managed-key':
        return this.#unwrapByManaged(projectId, record, place)
      case 'customer-key':
        return this.#unwrapByCustomer(record, place, customerKey)
    }
  }

  #wrapByService(projectId: string, suite: SuiteName, place: DataKeyPlace, dataKey: Buffer): DataKeyRecord {
    const { keyId, keyVersion } = this.#with.serviceKeys.current(projectId)
    const kek = this.#with.serviceKeys.key(projectId, keyVersion, suite)
    const wrappedDataKey = wrapDataKey(
      suite,
      kek,
      dataKey,
      bindingOf({ mode: 'service-key', keyId, keyVersion }, place),
    )
    return { mode: 'service-key', suite, wrappedDataKey, encryptedAt: this.#with.now(), keyId, keyVersion }
  }

  async #unwrapByService(
    projectId: string,
    record: RecordOf<'service-key'>,
    place: DataKeyPlace,
  ): Promise<Buffer> {
    if (record.keyId !== serviceKeyId(projectId)) throw corrupt()
    return opened(record, () => {
      const kek = this.#with.serviceKeys.key(projectId, record.keyVersion, record.suite)
      return unwrapDataKey(kek, record.wrappedDataKey, bindingOf(record, place))
    })
  }

  async #wrapByManaged(
    projectId: string,
    { keyRef, suite, context }: ManagedChoice,
    place: DataKeyPlace,
    dataKey: Buffer,
  ): Promise<DataKeyRecord> {
    const key = await this.#with.names.find(projectId, keyRef)
    const binding = { mode: 'managed-key', ...onlyPlace(place), context }
    const wrapped = await this.#with.managedKeys.wrap(key, suite, dataKey, binding)
    const encryptedAt = this.#with.now()
    return { mode: 'managed-key', keyId: key.keyId, ...wrapped, suite, context, encryptedAt }
  }

  async #unwrapByManaged(
    projectId: string,
    record: RecordOf<'managed-key'>,
    place: DataKeyPlace,
  ): Promise<Buffer> {
    const { mode, context, keyVersion, wrappedDataKey } = record
    const key = await this.#with.directory.byId(projectId, record.keyId)
    if (key === undefined) throw keyNotFound()
    requireEnabled(key, this.#with.now())
    return opened(record, () =>
      this.#with.managedKeys.unwrap(key, keyVersion, wrappedDataKey, { mode, ...onlyPlace(place), context }),
    )
  }

  #wrapByCustomer({ suite, key }: CustomerKey, place: DataKeyPlace, dataKey: Buffer): DataKeyRecord {
    checkCustomerKeySize(suite, key)
    const proof = this.#with.customerKeys.prove(key)
    const kek = this.#with.customerKeys.kek(proof, key)
    const wrappedDataKey = wrapDataKey(suite, kek, dataKey, bindingOf({ mode: 'customer-key' }, place))
    kek.fill(0)
    return { mode: 'customer-key', suite, wrappedDataKey, encryptedAt: this.#with.now(), ...proof }
  }

  async #unwrapByCustomer(
    record: RecordOf<'customer-key'>,
    place: DataKeyPlace,
    customerKey?: CustomerKey,
  ): Promise<Buffer> {
    requireRightCustomerKey(record, this.#with.customerKeys, customerKey)
    return opened(record, () => {
      const kek = this.#with.customerKeys.kek(record, customerKey.key)
      try {
        return unwrapDataKey(kek, record.wrappedDataKey, bindingOf(record, place))
      } finally {
        kek.fill(0)
      }
    })
  }
}

/** Unwraps unless the row names another suite than the one that was wrapped: the suite decides how data is read. */
function opened(record: DataKeyRecord, unwrap: () => Buffer | Promise<Buffer>): Promise<Buffer> {
  return openedOrCorrupt(() => {
    if (record.wrappedDataKey[1] !== suiteByName(record.suite).id) throw corrupt()
    if (record.mode !== 'customer-key' && !isKeyVersion(record.keyVersion)) throw corrupt()
    return unwrap()
  })
}

function requireRightCustomerKey(
  record: RecordOf<'customer-key'>,
  customerKeys: CustomerKeys,
  given: CustomerKey | undefined,
): asserts given is CustomerKey {
  if (given === undefined) {
    throw new StoreError(
      'CustomerKeyRequired',
      'The object can be opened only with the key it was stored with',
    )
  }
  checkCustomerKeySize(given.suite, given.key)
  // Verified first: a wrong key is the client's mistake, a failing unwrap after it a damaged row.
  if (given.suite !== record.suite || !customerKeys.matches(record, given.key)) {
    throw new StoreError('WrongCustomerKey', 'The request must provide the correct secret key.')
  }
}

interface Named {
  mode: DataKeyRecord['mode']
  keyId?: string
  keyVersion?: number
  context?: Record<string, string>
}

/** A customer key has no id and no version; only managed keys have a context. */
function bindingOf(
  { mode, keyId = '', keyVersion = 0, context = {} }: Named,
  place: DataKeyPlace,
): WrapBinding {
  return { mode, keyId, keyVersion, ...onlyPlace(place), context }
}

/** Callers may hand over a value that knows more than its place. */
function onlyPlace({ bucketId, objectKey, objectId }: DataKeyPlace): DataKeyPlace {
  return { bucketId, objectKey, objectId }
}
