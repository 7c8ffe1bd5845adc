import { authorizedBucket } from './authorize.ts'
import type { VersionRow } from './catalog.ts'
import type { StoreDeps } from './deps.ts'
import { listingConditions, summaries } from './list-objects.ts'
import type { Caller } from './model.ts'
import type { ListedVersion, ListObjectVersions, RequestContext, Results } from './operations.ts'
import { isObjectVersion } from './version-ids.ts'

const MAX_PAGE = 1000

export async function listObjectVersions(
  deps: StoreDeps,
  operation: ListObjectVersions,
  caller: Caller,
  context: RequestContext,
): Promise<Results['ListObjectVersions']> {
  const { prefix, delimiter, afterKey, afterVersionId } = operation
  const { bucketId, projectId } = await authorizedBucket(deps, { caller, context }, operation.bucket, {
    action: 's3:ListBucketVersions',
    conditions: () => listingConditions(operation),
  })
  const limit = Math.min(operation.limit, MAX_PAGE)
  if (limit <= 0) return { entries: [], commonPrefixes: [], next: undefined }
  const query = { bucketId, prefix, delimiter, afterKey, afterVersionId, limit }
  const { versions, commonPrefixes, next } = await deps.catalog.listVersions(query)
  return { entries: await entriesOf(deps, projectId, versions), commonPrefixes, next }
}

async function entriesOf(
  deps: StoreDeps,
  projectId: string,
  versions: readonly VersionRow[],
): Promise<ListedVersion[]> {
  const rows = versions.map(({ version }) => version).filter(isObjectVersion)
  const described = (await summaries(deps, projectId, rows)).values()
  return versions.map(({ version, isLatest }): ListedVersion => {
    const { key, versionId, lastModified } = version
    if (!isObjectVersion(version)) return { kind: 'delete-marker', key, versionId, isLatest, lastModified }
    return { kind: 'version', ...described.next().value!, versionId, isLatest }
  })
}
