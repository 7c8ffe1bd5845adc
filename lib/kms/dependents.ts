/** Asked of the catalog: what hangs on a key. Counts of what was committed when it is asked. */
export interface KeyDependents {
  ofKey(keyId: string): Promise<KeyDependentCounts>
  /** Buckets of a project whose default encryption uses a managed key, and how they name it. */
  bucketRules(projectId: string): Promise<BucketKeyRule[]>
}

export interface KeyDependentCounts {
  objects: number
  /** plaintext bytes */
  bytes: number
  /** multipart uploads in progress */
  uploads: number
  buckets: { bucket: string; objects: number; bytes: number }[]
  /** object versions by the version of the key that wraps their data key */
  versions: { version: number; objects: number }[]
}

export interface BucketKeyRule {
  bucket: string
  /** as it was configured: id, ARN or alias; undefined: the project's default key */
  keyRef: string | undefined
}
