import type { BlobStore } from '../blobs/blob-store.ts'
import { isStoreError, type ErrorCode } from '../errors.ts'
import type { Keyring } from '../keys/keyring.ts'
import { SampleSearch } from './ciphertext-sample.ts'
import { openEtag } from './etag.ts'
import type { HashPool } from './hash-pool.ts'
import type { Bucket, ObjectRow, PartRow } from './model.ts'
import { ObjectSeal } from './object-record.ts'
import { openTarget } from './symlink-target.ts'
import type { StoredBlob, Verdict } from './verdict.ts'
import { verifyBlob, type BlobOutcome } from './verify-blob.ts'
import { ContentCheck } from './verify-checksums.ts'
import { VerifySteps } from './verify-steps.ts'

export interface VerifyDeps {
  blobs: Pick<BlobStore, 'read' | 'size' | 'hold'>
  keyring: Keyring
  hashPool?: HashPool | undefined
}

/** A version as its rows have it; bucket and key are those under which somebody asks for it. */
export interface VersionRows {
  bucket: Bucket
  key: string
  row: ObjectRow
  /** undefined: they cannot be read */
  parts: PartRow[] | undefined
}

/** What became of the attempt to open the data key. */
export type KeyOutcome =
  | { kind: 'opened'; dataKey: Buffer | undefined }
  | { kind: 'withheld'; code: ErrorCode }
  | { kind: 'wrong' }
  | { kind: 'missing' }

export interface VerifyOptions {
  /** digests of the stored blobs and a sample of the ciphertext; neither of plaintext objects */
  evidence: boolean
  /** after every piece of stored bytes; what it throws ends the check */
  onRead: (bytes: number) => Promise<void> | void
}

/** Not damage: the key is there, but not at hand. */
const WITHHELD: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CustomerKeyRequired',
  'KeyDisabled',
  'KeyPendingDeletion',
  'KeyPendingImport',
  'KeyServiceUnavailable',
])

/** @throws whatever `open` throws that speaks neither of the key's state nor of damage */
export async function keyOutcome(open: () => Promise<Buffer | undefined>): Promise<KeyOutcome> {
  try {
    return { kind: 'opened', dataKey: await open() }
  } catch (error) {
    if (!isStoreError(error)) throw error
    if (WITHHELD.has(error.code)) return { kind: 'withheld', code: error.code }
    if (error.code === 'KeyNotFound') return { kind: 'missing' }
    if (error.code === 'ObjectCorrupt') return { kind: 'wrong' }
    throw error
  }
}

/**
 * Checks one stored version from its rows to its last byte (crypto/FORMAT.md, "Reading" and "Manifest"), with never more
 * than a few pieces in memory. Damage is an answer, with its places; the blobs are held while it reads.
 * @throws what `onRead` throws, and failures of the machine; never for damage
 */
export async function verifyVersion(
  deps: VerifyDeps,
  version: VersionRows,
  key: KeyOutcome,
  options: VerifyOptions,
): Promise<Verdict> {
  const parts = version.parts ?? []
  const release = deps.blobs.hold(parts.map(({ blobId }) => blobId))
  try {
    return await new VersionCheck(deps, version, key, options).run()
  } finally {
    release()
  }
}

class VersionCheck {
  readonly #deps: VerifyDeps
  readonly #version: VersionRows
  readonly #key: KeyOutcome
  readonly #options: VerifyOptions
  readonly #steps = new VerifySteps()
  readonly #plain: boolean
  readonly #seal: ObjectSeal | undefined
  readonly #digests: StoredBlob[] = []
  #storedBytes = 0
  #chunks = 0

  constructor(deps: VerifyDeps, version: VersionRows, key: KeyOutcome, options: VerifyOptions) {
    this.#deps = deps
    this.#version = version
    this.#key = key
    this.#options = options
    const { encryption, objectId } = version.row
    this.#plain = encryption.mode === 'none'
    if (encryption.mode === 'none') this.#seal = ObjectSeal.of(undefined, undefined, objectId)
    else if (key.kind === 'opened') this.#seal = ObjectSeal.of(encryption.suite, key.dataKey, objectId)
  }

  async run(): Promise<Verdict> {
    const { parts, row } = this.#version
    if (parts === undefined) this.#steps.fail({ step: 'rows', what: 'row-unreadable' })
    else this.#steps.set('rows', 'passed')
    this.#checkKey()
    this.#checkObject()
    let sample: SampleSearch | undefined
    if (parts !== undefined) {
      const inOrder = this.#checkParts(parts)
      if (row.encryption.mode !== 'none' && this.#options.evidence)
        sample = await SampleSearch.begin(this.#deps.blobs, row.encryption, row.size, parts)
      await this.#checkContent(parts, inOrder, sample)
    }
    return {
      steps: this.#steps.list(),
      damage: this.#steps.damage,
      damageCount: this.#steps.damageCount,
      keyWithheld: this.#key.kind === 'withheld' ? this.#key.code : undefined,
      blobs: parts?.length ?? 0,
      storedBytes: this.#storedBytes,
      chunks: this.#chunks,
      digests: this.#digests,
      sample: sample?.result(),
    }
  }

  #checkKey(): void {
    if (this.#plain) this.#steps.set('key', 'not-applicable')
    else if (this.#key.kind === 'missing') this.#steps.fail({ step: 'key', what: 'key-missing' })
    else if (this.#key.kind === 'wrong') this.#steps.fail({ step: 'key', what: 'key-wrong' })
    else if (this.#key.kind === 'opened') this.#steps.set('key', 'passed')
  }

  #checkObject(): void {
    if (this.#seal === undefined) return
    const { bucket, key, row } = this.#version
    const what = this.#plain ? ('signed-plaintext' as const) : ('object-mac' as const)
    const holds = holdsTrue(() =>
      this.#seal!.verifyObject(bucket, key, row, openEtag(this.#deps.keyring, row.objectId, row.etag)),
    )
    const { versionId, symlink } = row
    const pointsSomewhere =
      symlink === undefined ||
      holdsTrue(() => openTarget(this.#deps.keyring, { ...bucket, key, versionId }, row))
    if (!pointsSomewhere) this.#steps.fail({ step: 'object', what: 'object-mac' })
    else if (!holds) this.#steps.fail({ step: 'object', what })
    else this.#steps.set('object', this.#plain ? 'not-applicable' : 'passed')
  }

  /** All parts, one behind the other from the first byte to the last, each with its MAC. */
  #checkParts(parts: readonly PartRow[]): boolean {
    const { partCount, size } = this.#version.row
    if (parts.length !== partCount) this.#steps.fail({ step: 'parts', what: 'part-missing' })
    let reached = 0
    for (const part of parts) {
      const { number, blobId } = part
      if (part.offset !== reached)
        this.#steps.fail({ step: 'parts', what: 'part-order', part: number, blobId })
      reached = part.offset + part.size
      if (this.#seal && !holdsTrue(() => this.#seal!.verifyPart(part)))
        this.#steps.fail({ step: 'parts', what: 'part-row', part: number, blobId })
    }
    if (reached !== size && !this.#steps.hasFailed('parts'))
      this.#steps.fail({ step: 'parts', what: 'part-order' })
    if (this.#seal) this.#steps.set('parts', 'passed')
    return !this.#steps.hasFailed('parts')
  }

  async #checkContent(
    parts: readonly PartRow[],
    inOrder: boolean,
    sample: SampleSearch | undefined,
  ): Promise<void> {
    const content = this.#seal && new ContentCheck(this.#seal, this.#version.row, this.#deps.hashPool)
    let whole = inOrder && content !== undefined
    try {
      for (const part of parts) {
        content?.beginPart(part)
        const outcome = await this.#checkBlob(part, content, sample)
        this.#note(part, outcome)
        whole &&= outcome.whole
        if (outcome.whole) await content?.endPart()
        else content?.abandon()
      }
      this.#steps.set('blobs', parts.length > 0 ? 'passed' : 'not-checked')
      if (this.#plain) this.#steps.set('chunks', 'not-applicable')
      else if (this.#dataKey() !== undefined && parts.length > 0 && !this.#steps.hasFailed('blobs'))
        this.#steps.set('chunks', 'passed')
      await this.#compare(content, whole)
    } finally {
      content?.abandon()
    }
  }

  #checkBlob(part: PartRow, content: ContentCheck | undefined, sample: SampleSearch | undefined) {
    const { row } = this.#version
    return verifyBlob({
      blobs: this.#deps.blobs,
      hashPool: this.#deps.hashPool,
      record: row.encryption,
      part,
      dataKey: this.#dataKey(),
      digest: this.#options.evidence && !this.#plain,
      onPlaintext: async (piece) => {
        sample?.update(piece)
        await content?.update(piece)
      },
      onRead: this.#options.onRead,
    })
  }

  #note(part: PartRow, { damage, storedBytes, chunks, digest }: BlobOutcome): void {
    this.#storedBytes += storedBytes
    this.#chunks += chunks
    if (digest) this.#digests.push(digest)
    if (damage === undefined) return
    const { number, blobId } = part
    const step =
      damage.what === 'part-row'
        ? ('parts' as const)
        : damage.what === 'chunk'
          ? ('chunks' as const)
          : 'blobs'
    // The MAC of its row has told it already.
    if (
      step === 'parts' &&
      this.#steps.damage.some((known) => known.part === number && known.step === 'parts')
    )
      return
    this.#steps.fail({ ...damage, step, part: number, blobId })
  }

  /** Content that is not whole cannot be compared, and what is wrong with it was told. */
  async #compare(content: ContentCheck | undefined, whole: boolean): Promise<void> {
    if (content === undefined || !whole) return
    const { damage, compared } = await content.finish()
    for (const each of damage) this.#steps.fail(each)
    this.#steps.set('checksums', compared > 0 ? 'passed' : this.#plain ? 'not-checked' : 'not-applicable')
  }

  #dataKey(): Buffer | undefined {
    return this.#key.kind === 'opened' ? this.#key.dataKey : undefined
  }
}

/** False for rows that do not prove themselves. @throws any other failure */
function holdsTrue(check: () => void): boolean {
  try {
    check()
    return true
  } catch (error) {
    if (isStoreError(error) && error.code === 'ObjectCorrupt') return false
    throw error
  }
}
