import type { SuiteName } from '../crypto/suites.ts'
import type { EncryptionMode } from './encryption-model.ts'
import type { ObjectRow } from './model.ts'

/** Which current objects of a bucket are meant. What is absent does not narrow; all that is given must hold. */
export interface ObjectFilter {
  bucketId: string
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

/**
 * Objects in order of their keys' UTF-8 bytes. `next` is the key to continue after; undefined: every key was looked
 * at. A page may hold fewer objects than asked for, even none, and still have a `next`: what no index helps with is
 * searched for a bounded time a request.
 */
export interface FoundObjects {
  objects: ObjectRow[]
  next: string | undefined
}
