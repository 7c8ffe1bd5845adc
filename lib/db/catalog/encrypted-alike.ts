import type { Sqlite } from '../connections.ts'

/** Object versions of a bucket that one part of the index object_version_found holds; null where the method has none. */
export interface EncryptedAlike {
  mode: string
  suite: string | null
  keyId: string | null
  keyVersion: number | null
}

/** That part of the index, for statements of which `bindAlike` gives the parameters. */
export const ALIKE =
  'mode = +@ofMode AND suite IS +@ofSuite AND key_id IS +@ofKey AND key_version IS +@ofVersion'

export function bindAlike({ mode, suite, keyId, keyVersion }: EncryptedAlike) {
  return { ofMode: mode, ofSuite: suite, ofKey: keyId, ofVersion: keyVersion }
}

/** Which there are in a bucket: the counters know. */
export function encryptedAlike(reader: Sqlite): (bucketId: string) => EncryptedAlike[] {
  const groups = reader.prepare<[string], EncryptedAlike>(
    `SELECT mode, NULLIF(suite, '') AS suite, NULLIF(key_id, '') AS keyId,
      CASE WHEN key_id = '' THEN NULL ELSE key_version END AS keyVersion FROM usage WHERE bucket_id = ?`,
  )
  return (bucketId) => groups.all(bucketId)
}
