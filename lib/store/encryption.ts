import { StoreError } from '../errors.ts'
import type { DataKeyChoice, DataKeyRecord } from '../keys/keyring.ts'
import type { Asker } from './authorize.ts'
import type { StoreDeps } from './deps.ts'
import type {
  BucketEncryptionRule,
  CustomerKey,
  EncryptionChoice,
  EncryptionProperties,
  EncryptionRecord,
  SealedRecord,
} from './encryption-model.ts'
import { isKeyUseAllowed, reportingUse, signatureRequired, useKey, type KeyUse } from './key-use.ts'
import type { ReportedUse } from './key-use-log.ts'
import type { Bucket } from './model.ts'
import { newObjectId } from './object-ids.ts'
import type { RequestContext } from './operations.ts'

/** What a new object version will be: plaintext, or sealed under a fresh data key. */
export type EncryptionPlan =
  { mode: 'none' } | { mode: 'sealed'; choice: DataKeyChoice; bucketKeyEnabled: boolean }

/**
 * Request choice + bucket default → decision (house.md). A request beats the bucket; a request for a
 * managed key inherits only the bucket's "bucket key" flag (aws-s3.md §2.3), which a request may also set alone (§2.1).
 * @throws StoreError CustomerKeyBlocked | CustomerKeyOverInsecureTransport
 */
export function planEncryption(
  requested: EncryptionChoice,
  bucket: Bucket,
  context: RequestContext,
): EncryptionPlan {
  const inherited = bucket.encryption ?? { kind: 'none' as const }
  const bucketKeyEnabled = inherited.kind === 'managed-key' && inherited.bucketKeyEnabled
  const choice = requested.kind === 'bucket-default' ? flagged(inherited, requested) : requested
  switch (choice.kind) {
    case 'none':
      return { mode: 'none' }
    case 'service-key':
      return { mode: 'sealed', choice: { mode: 'service-key', suite: choice.suite }, bucketKeyEnabled: false }
    case 'managed-key': {
      const encryptionContext = 'context' in choice ? choice.context : {}
      return {
        mode: 'sealed',
        choice: {
          mode: 'managed-key',
          keyRef: choice.keyRef,
          suite: choice.suite,
          context: encryptionContext,
        },
        bucketKeyEnabled: choice.bucketKeyEnabled ?? bucketKeyEnabled,
      }
    }
    case 'customer-key':
      if (bucket.customerKeysBlocked)
        throw new StoreError(
          'CustomerKeyBlocked',
          'This bucket refuses encryption with customer-provided keys',
          { bucket: bucket.name },
        )
      requireSecureTransport(context)
      return {
        mode: 'sealed',
        choice: { mode: 'customer-key', suite: choice.suite, key: choice.key },
        bucketKeyEnabled: false,
      }
  }
}

function flagged(
  rule: BucketEncryptionRule,
  { bucketKeyEnabled }: { bucketKeyEnabled?: boolean },
): BucketEncryptionRule {
  return rule.kind === 'managed-key' && bucketKeyEnabled !== undefined ? { ...rule, bucketKeyEnabled } : rule
}

/** A customer's key may only travel where nobody can read it. @throws StoreError CustomerKeyOverInsecureTransport */
export function requireSecureTransport(context: RequestContext): void {
  if (!context.secure)
    throw new StoreError(
      'CustomerKeyOverInsecureTransport',
      'Requests with customer-provided keys must be made over a secure connection',
    )
}

/** A fresh object identity with its data key; `dataKey` is undefined for plaintext. */
export interface ObjectIdentity {
  objectId: string
  dataKey: Buffer | undefined
  record: EncryptionRecord
}

/** @throws StoreError AccessDenied (the key is not for this caller) | Key* */
export async function newIdentity(
  deps: StoreDeps,
  plan: EncryptionPlan,
  bucket: Bucket,
  key: string,
  asker: Asker,
): Promise<ObjectIdentity> {
  const objectId = newObjectId(deps.now())
  if (plan.mode === 'none') return { objectId, dataKey: undefined, record: { mode: 'none' } }
  const { choice, bucketKeyEnabled } = plan
  const place = { bucketId: bucket.bucketId, objectKey: key, objectId }
  const generate = () => deps.keyring.generateDataKey(bucket.projectId, choice, place)
  const use = { action: 'kms:GenerateDataKey', bucket, objectKey: key } as const
  const { dataKey, record } = await (choice.mode === 'managed-key'
    ? useKey(deps, asker, { ...use, ...choice, keyRef: choice.keyRef, bucketKeyEnabled }, generate, versionIn)
    : reportingUse(deps, asker, { ...use, keyId: undefined, owner: ownerOf(choice) }, generate, nameIn))
  return {
    objectId,
    dataKey,
    record: withObjectFacts(record, deps.chunkLog2[record.suite], bucketKeyEnabled),
  }
}

type Named = Pick<ReportedUse, 'keyId' | 'keyVersion'>

/** A customer's key has no name. */
export function nameOf(record: DataKeyRecord): Named {
  if (record.mode === 'customer-key') return { keyId: undefined, keyVersion: undefined }
  return { keyId: record.keyId, keyVersion: record.keyVersion }
}

function nameIn({ record }: { record: DataKeyRecord }): Named {
  return nameOf(record)
}

function versionIn({ record }: { record: DataKeyRecord }): number | undefined {
  return nameOf(record).keyVersion
}

export function ownerOf({ mode }: { mode: 'service-key' | 'customer-key' }): 'service' | 'customer' {
  return mode === 'service-key' ? 'service' : 'customer'
}

/** A wrapped data key with what the object adds to it. */
export function withObjectFacts(
  record: DataKeyRecord,
  chunkLog2: number,
  bucketKeyEnabled: boolean,
): SealedRecord {
  return record.mode === 'managed-key' ? { ...record, chunkLog2, bucketKeyEnabled } : { ...record, chunkLog2 }
}

/**
 * Opens what lies under a record for the caller, whom a managed key must let decrypt; other records need no more
 * than the object's right.
 * @throws StoreError AccessDenied | Key*, and whatever `open` throws
 */
export function decryptingFor<T>(
  deps: StoreDeps,
  asker: Asker,
  { bucket, key, record }: { bucket: Bucket; key: string; record: EncryptionRecord },
  open: () => Promise<T>,
): Promise<T> {
  if (record.mode === 'none') return open()
  if (record.mode !== 'managed-key') return openingFor(deps, asker, { bucket, key, record }, open)
  return useKey(deps, asker, decryption(bucket, key, record), open, () => record.keyVersion)
}

/**
 * Opens what lies under a record for the server's own proof of an object's headers, which needs no right to the key;
 * and records of keys that have no policy. Reported like every use.
 * @throws whatever `open` throws
 */
export function openingFor<T>(
  deps: StoreDeps,
  asker: Asker,
  { bucket, key, record }: { bucket: Bucket; key: string; record: EncryptionRecord },
  open: () => Promise<T>,
  headersOnly = false,
): Promise<T> {
  if (record.mode === 'none') return open()
  const { keyId, keyVersion } = nameOf(record)
  const use = { action: 'kms:Decrypt', bucket, objectKey: key, keyId, headersOnly } as const
  const owner = record.mode === 'managed-key' ? {} : { owner: ownerOf(record) }
  const work = async (): Promise<T> => {
    if (record.mode === 'managed-key' && asker.caller.kind === 'anonymous') throw signatureRequired()
    return open()
  }
  return reportingUse(deps, asker, { ...use, ...owner }, work, () => ({ keyId, keyVersion }))
}

/** May he have what only the plaintext could tell, its checksums? */
export async function mayDecrypt(
  deps: StoreDeps,
  bucket: Bucket,
  key: string,
  record: EncryptionRecord,
  asker: Asker,
): Promise<boolean> {
  return record.mode !== 'managed-key' || isKeyUseAllowed(deps, asker, decryption(bucket, key, record))
}

function decryption(bucket: Bucket, key: string, record: EncryptionRecord & { mode: 'managed-key' }): KeyUse {
  const { keyId: keyRef, context, bucketKeyEnabled } = record
  return { action: 'kms:Decrypt', bucket, objectKey: key, keyRef, context, bucketKeyEnabled }
}

/**
 * Opens the data key of a stored record, for the server itself: whether the caller may have it is for
 * `decryptingFor`. The bucket and key come from the request, so rows swapped in the database fail here
 * (crypto/FORMAT.md, "Wrapped data key").
 * @returns undefined for plaintext
 * @throws StoreError CustomerKeyNotApplicable | CustomerKeyRequired | WrongCustomerKey | Key* | ObjectCorrupt
 */
export async function openDataKey(
  deps: StoreDeps,
  bucket: Bucket,
  key: string,
  objectId: string,
  record: EncryptionRecord,
  customerKey: CustomerKey | undefined,
  { context }: Asker,
): Promise<Buffer | undefined> {
  checkCustomerKey(record, customerKey, context)
  if (record.mode === 'none') return undefined
  return deps.keyring.decryptDataKey(
    bucket.projectId,
    record,
    { bucketId: bucket.bucketId, objectKey: key, objectId },
    customerKey,
  )
}

/** @throws StoreError CustomerKeyNotApplicable | CustomerKeyRequired | CustomerKeyOverInsecureTransport */
export function checkCustomerKey(
  record: EncryptionRecord,
  customerKey: CustomerKey | undefined,
  context: RequestContext,
): void {
  if (customerKey !== undefined) requireSecureTransport(context)
  if (record.mode === 'customer-key' && customerKey === undefined)
    throw new StoreError(
      'CustomerKeyRequired',
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    )
  if (record.mode !== 'customer-key' && customerKey !== undefined)
    throw new StoreError(
      'CustomerKeyNotApplicable',
      'The encryption parameters are not applicable to this object.',
    )
}

/** Describes records for people and clients, remembering key ARNs for the length of one request. */
export class EncryptionDescriber {
  readonly #deps: StoreDeps
  readonly #arns = new Map<string, string>()

  constructor(deps: StoreDeps) {
    this.#deps = deps
  }

  async describe(projectId: string, record: EncryptionRecord): Promise<EncryptionProperties> {
    switch (record.mode) {
      case 'none':
        return { mode: 'none' }
      case 'service-key':
        return {
          mode: record.mode,
          suite: record.suite,
          keyVersion: record.keyVersion,
          encryptedAt: record.encryptedAt,
        }
      case 'customer-key':
        return { mode: record.mode, suite: record.suite, encryptedAt: record.encryptedAt }
      case 'managed-key': {
        const { mode, suite, keyId, keyVersion, context, bucketKeyEnabled, encryptedAt } = record
        return {
          mode,
          suite,
          keyId,
          keyArn: await this.#arn(projectId, keyId),
          keyVersion,
          context,
          bucketKeyEnabled,
          encryptedAt,
        }
      }
    }
  }

  async #arn(projectId: string, keyId: string): Promise<string> {
    const known = this.#arns.get(keyId)
    if (known !== undefined) return known
    const { arn } = await this.#deps.keyring.resolveKey(projectId, keyId)
    this.#arns.set(keyId, arn)
    return arn
  }
}
