import type { SuiteName } from '../crypto/suites.ts'
import type { EncryptionMode } from './encryption-model.ts'
import type { ObjectRow } from './model.ts'

/** Only those that are found under their keys alone, or older ones, too; delete markers never. */
export type VersionScope = 'current' | 'all'

/** Which object versions of a bucket are meant. What is absent does not narrow; all that is given must hold. */
export interface ObjectFilter {
  bucketId: string
  /** absent: current */
  versions?: VersionScope | undefined
  /** exactly this key */
  key?: string | undefined
  /** the beginning of the key, not necessarily a folder */
  prefix?: string | undefined
  /** one of these; an empty list matches nothing */
  modes?: readonly EncryptionMode[] | undefined
  /** one of these; plaintext has no suite and is never among them */
  suites?: readonly SuiteName[] | undefined
  /** the key whose material wraps the data key */
  keyId?: string | undefined
  /** wrapped by an older version of its key than this one */
  keyVersionBelow?: number | undefined
  /** plaintext bytes, both included */
  minSize?: number | undefined
  maxSize?: number | undefined
  /** Last-Modified, ms since the epoch: from is included, to is not */
  modifiedFrom?: number | undefined
  modifiedTo?: number | undefined
  /** has this tag; with `value`, with this value */
  tag?: { key: string; value?: string | undefined } | undefined
}

export interface FoundObject extends ObjectRow {
  /** false: newer versions, or a delete marker, lie above it */
  isLatest: boolean
}

/**
 * Versions in order of their keys' UTF-8 bytes, those of a key newest first. `next` is the place to continue after:
 * a key or, where it ends among the versions of one, a text that only the catalog reads; undefined: everything was
 * looked at. A page may hold fewer objects than asked for, even none, and still have a `next`: what no index helps
 * with is searched for a bounded time a request.
 */
export interface FoundObjects {
  objects: FoundObject[]
  next: string | undefined
}
