import type { ErrorCode } from '../errors.ts'
import type { EncryptionMode, EncryptionProperties } from './encryption-model.ts'

/** What is asked of a stored version, in this order; each answer rests on the ones before. */
export const VERIFY_STEPS = ['rows', 'key', 'object', 'parts', 'blobs', 'chunks', 'checksums'] as const
export type VerifyStep = (typeof VERIFY_STEPS)[number]

/**
 * `not-checked`: could not be looked at (no key at hand, or damage before it); `not-applicable`: a plaintext object has no
 * such proof, or no checksum was stored. Neither is a good sign.
 */
export type StepState = 'passed' | 'failed' | 'not-checked' | 'not-applicable'

/** What exactly does not hold. */
export type DamageKind =
  /** a row holds what no row can, or names a bucket that is not there */
  | 'row-unreadable'
  /** the row names a key that the project has not, or no longer */
  | 'key-missing'
  /** the data key does not open under this bucket, key and version */
  | 'key-wrong'
  /** the MAC over the object's facts */
  | 'object-mac'
  /** the row says plaintext, but was signed once */
  | 'signed-plaintext'
  | 'part-missing'
  /** parts overlap, leave a gap, or do not end at the object's size */
  | 'part-order'
  /** MAC or commitment of a part's row */
  | 'part-row'
  | 'blob-missing'
  | 'blob-short'
  | 'blob-long'
  /** the disk refuses to read it */
  | 'blob-unreadable'
  | 'header'
  | 'chunk'
  /** the content is not what the stored checksum was made of */
  | 'checksum'
  /** the stored checksum itself cannot be read */
  | 'checksum-row'

/** One place where something does not hold. Names places and never content. */
export interface Damage {
  step: VerifyStep
  what: DamageKind
  /** the client's part number */
  part?: number
  /** 32 hex digits */
  blobId?: string
  /** from 0, within the blob */
  chunk?: number
  /** bytes from the start of the stored blob */
  offset?: number
}

/** A verdict names so many places, and counts the others. */
export const MOST_DAMAGE = 100

/** The stored bytes of one part, as they are. */
export interface StoredBlob {
  part: number
  /** in a file of the blob store, or inside the part's row */
  place: 'file' | 'row'
  blobId: string
  bytes: number
  /** hex */
  sha256: string
}

/** Ciphertext from the middle of the object. */
export interface CiphertextSample {
  part: number
  /** bytes from the start of the stored blob */
  offset: number
  /** up to 64 */
  bytes: Buffer
  /** Shannon entropy of the ciphertext around it, in bits a byte */
  bitsPerByte: number
  /** how many bytes of ciphertext that is over; few bytes cannot reach 8 bits */
  over: number
  /** plaintext bytes searched for the sample; 0: the content was not opened */
  searched: number
  /** where it stood in the plaintext, which it never should */
  found: boolean
}

/** Which version a verdict speaks of; what a damaged row does not tell is undefined. */
export interface VersionIdentity {
  objectId: string
  /** undefined: the bucket that the row names is not there */
  projectId: string | undefined
  bucketId: string
  bucket: string
  key: string
  versionId: string
  /** plaintext bytes */
  size: number | undefined
  mode: EncryptionMode | undefined
}

/** What the check of one stored version found. */
export interface Verdict {
  steps: { step: VerifyStep; state: StepState }[]
  /** at most MOST_DAMAGE places */
  damage: Damage[]
  damageCount: number
  /** why the key could not be used, so that only presence, sizes and headers were looked at */
  keyWithheld: ErrorCode | undefined
  /** blobs, the stored bytes that were read, and how many chunks proved themselves */
  blobs: number
  storedBytes: number
  chunks: number
  /** only where asked for, and only of encrypted objects: the bytes of others are their content */
  digests: StoredBlob[]
  sample: CiphertextSample | undefined
}

/** Everything that applies was looked at, and holds. */
export function isProven({ steps, damageCount }: Pick<Verdict, 'steps' | 'damageCount'>): boolean {
  return damageCount === 0 && steps.every(({ state }) => state !== 'failed' && state !== 'not-checked')
}

/** The answer of VerifyObject. */
export interface VerifiedObject extends Verdict {
  /** as isProven has it */
  proven: boolean
  identity: VersionIdentity
  /** undefined: the row does not tell */
  encryption: EncryptionProperties | undefined
  /** log2 of the plaintext bytes of a chunk */
  chunkLog2: number | undefined
  /** ms since the epoch */
  checkedAt: number
  tookMs: number
}
