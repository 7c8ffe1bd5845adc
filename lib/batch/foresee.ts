import { isArchived } from '../store/archive.ts'
import { isAllowed, type Asker } from '../store/authorize.ts'
import type { StoreDeps } from '../store/deps.ts'
import { planEncryption } from '../store/encryption.ts'
import { changeNeeded, type EncryptionChangeKind } from '../store/encryption-change.ts'
import type { EncryptionRecord, EncryptionTarget } from '../store/encryption-model.ts'
import type { Bucket, ObjectRow } from '../store/model.ts'
import { isLocked } from '../store/object-lock.ts'
import { isChangedSince, itemTarget } from './item-target.ts'
import { KeyOutlook, type KeyVerdict } from './key-outlook.ts'
import type { CannotReason, Target } from './model.ts'
import type { Item } from './walk.ts'

export type Foreseen =
  { kind: EncryptionChangeKind; keyServiceCalls: number } | { kind: 'cannot'; reason: CannotReason }

export type ForeseeDeps = Pick<StoreDeps, 'keyring' | 'region' | 'accountOf' | 'now'>

type Verdict = 'allowed' | CannotReason

/**
 * What will become of objects, as modify-encryption.ts will decide it, without changing anything. One a step of
 * counting: what it heard of keys is not asked again for every object.
 */
export class Foresight {
  readonly #deps: ForeseeDeps
  readonly #asker: Asker
  readonly #keys: KeyOutlook

  constructor(deps: ForeseeDeps, asker: Asker) {
    this.#deps = deps
    this.#asker = asker
    this.#keys = new KeyOutlook(deps, asker)
  }

  async of(bucket: Bucket, item: Item, target: Target): Promise<Foreseen> {
    const { row } = item
    if (isChangedSince(item)) return cannot('changed-since')
    if (row === undefined) return cannot('not-found')
    const fixed = this.#fixed(row)
    const to = itemTarget(target, item)
    if (fixed !== undefined || to === undefined) return cannot(fixed ?? 'customer-key')
    const known = await this.#target(bucket, row, to)
    if (known !== 'allowed') return cannot(known)
    const plan = planEncryption(to, bucket, this.#asker.context)
    const kind = await changeNeeded({ keyring: this.#keys.keyring }, bucket, row.encryption, plan)
    if (kind === 'unchanged') return { kind, keyServiceCalls: 0 }
    const verdict = await this.#change(bucket, row, to, kind)
    return verdict === 'allowed'
      ? { kind, keyServiceCalls: keyServiceCalls(row.encryption, to) }
      : cannot(verdict)
  }

  #fixed(row: ObjectRow): CannotReason | undefined {
    if (row.encryption.mode === 'customer-key') return 'customer-key'
    if (isArchived(row, this.#deps.now())) return 'archived'
    return isLocked(row, this.#deps.now()) ? 'locked' : undefined
  }

  /** A key that is not there cannot be compared with. */
  async #target(bucket: Bucket, { key }: ObjectRow, to: EncryptionTarget): Promise<Verdict> {
    const action = 's3:UpdateObjectEncryption'
    if (!(await isAllowed(this.#deps, this.#asker, bucket, { action, key }))) return 'denied'
    return to.kind === 'managed-key' ? this.#keys.state(bucket, to.keyRef) : 'allowed'
  }

  async #change(
    bucket: Bucket,
    { key, encryption }: ObjectRow,
    to: EncryptionTarget,
    kind: EncryptionChangeKind,
  ): Promise<Verdict> {
    const rewrites = kind === 'rewritten'
    const verdicts: Verdict[] = []
    if (rewrites)
      for (const action of ['s3:GetObject', 's3:PutObject'] as const)
        if (!(await isAllowed(this.#deps, this.#asker, bucket, { action, key }))) verdicts.push('denied')
    if (encryption.mode === 'managed-key') {
      const { keyId: keyRef, context, bucketKeyEnabled } = encryption
      const action = rewrites ? 'kms:Decrypt' : 'kms:ReEncryptFrom'
      verdicts.push(await this.#use({ action, bucket, objectKey: key, keyRef, context, bucketKeyEnabled }))
    }
    if (to.kind === 'managed-key') {
      const { keyRef, context, bucketKeyEnabled = false } = to
      const action = rewrites ? 'kms:GenerateDataKey' : 'kms:ReEncryptTo'
      verdicts.push(await this.#use({ action, bucket, objectKey: key, keyRef, context, bucketKeyEnabled }))
    }
    return verdicts.find((verdict) => verdict !== 'allowed') ?? 'allowed'
  }

  #use(use: Parameters<KeyOutlook['use']>[0]): Promise<KeyVerdict> {
    return this.#keys.use(use)
  }
}

/** One to take the data key out, one to put it in; service-managed keys are the server's own and cost none. */
function keyServiceCalls(from: EncryptionRecord, to: EncryptionTarget): number {
  return Number(from.mode === 'managed-key') + Number(to.kind === 'managed-key')
}

function cannot(reason: CannotReason): Foreseen {
  return { kind: 'cannot', reason }
}
