import { randomBytes } from 'node:crypto'
import { StoreError } from '../errors.ts'
import type { DeleteMarker, ObjectRow } from './model.ts'

/** What was written while the bucket kept no versions (S3 user guide, "Using versioning"). */
export const NULL_VERSION = 'null'

const VERSION_ID = /^[\w-]{32}$/

/** 192 random bits: it tells neither time nor order, and nobody guesses another's. */
export function newVersionId(): string {
  return randomBytes(24).toString('base64url')
}

/** @throws StoreError InvalidArgument for what cannot be the id of a version */
export function checkVersionId(versionId: string): void {
  if (versionId !== NULL_VERSION && !VERSION_ID.test(versionId))
    throw new StoreError('InvalidArgument', 'Invalid version id specified', {
      argument: 'versionId',
      value: versionId,
    })
}

/** Not a delete marker. */
export function isObjectVersion(version: ObjectRow | DeleteMarker): version is ObjectRow {
  return 'objectId' in version
}
