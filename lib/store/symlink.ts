import type { Asker } from './authorize.ts'
import { authorizedWrite } from './authorize-write.ts'
import type { StoreDeps } from './deps.ts'
import { Digests, fullObject, keptAlgorithms } from './digests.ts'
import { newIdentity, planEncryption } from './encryption.ts'
import { openEtag } from './etag.ts'
import { answeredVersion } from './find-version.ts'
import type { Bucket, Caller } from './model.ts'
import { checkObjectKey } from './names.ts'
import type { GetSymlink, PutSymlink, RequestContext, Results, Written } from './operations.ts'
import { blobKeyOf, commitSingle, type NewObject } from './put-object.ts'
import { readableVersion } from './readable-version.ts'
import { openTarget } from './symlink-target.ts'
import { checkTags } from './tagging.ts'
import { writeBlob } from './write-blob.ts'

/**
 * A link is an object like others, whose own content is empty and encrypted as its bucket says, so that versions, locks,
 * tags, changes of encryption and checks need to know nothing of it. Readers follow it (follow-symlink.ts).
 * @throws StoreError as PutObject
 */
export async function putSymlink(
  deps: StoreDeps,
  operation: PutSymlink,
  caller: Caller,
  context: RequestContext,
): Promise<Written> {
  checkObjectKey(operation.key)
  checkObjectKey(operation.target)
  checkTags(operation.tags)
  const asker = { caller, context }
  const bucket = await authorizedWrite(deps, asker, { ...operation, encryption: { kind: 'bucket-default' } })
  return writeLink(deps, asker, { ...operation, bucket }, operation.target)
}

/** @throws StoreError as PutObject, but for what its authorisation says */
export async function writeLink(
  deps: StoreDeps,
  asker: Asker,
  link: NewObject & { bucket: Bucket },
  target: string,
): Promise<Written> {
  const plan = planEncryption({ kind: 'bucket-default' }, link.bucket, asker.context)
  const identity = await newIdentity(deps, plan, link.bucket, link.key, asker)
  const kept = keptAlgorithms({}, [], 0)
  const digests = new Digests(kept)
  const blob = await writeBlob(deps, {
    body: nothing(),
    key: blobKeyOf(identity),
    digests,
    maximumSize: 0,
    contentLength: 0,
    verify: () => undefined,
    mayBeInline: true,
  })
  const checksums = kept.map((algorithm) => fullObject(algorithm, digests))
  const made = { ...link, etag: 'opaque', symlinkTarget: target } as const
  return commitSingle(deps, made, identity, blob, digests, checksums)
}

async function* nothing(): AsyncGenerator<Buffer, void> {}

/** Who may read a link may know where it points to (Aliyun, "GetSymlink"). @throws StoreError NotSymlink | as GetObject */
export async function getSymlink(
  deps: StoreDeps,
  operation: GetSymlink,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetSymlink']> {
  checkObjectKey(operation.key)
  const asker = { caller, context }
  const { bucket, row } = await readableVersion(deps, asker, operation, 'read')
  const { key } = operation
  return {
    target: openTarget(deps.keyring, { ...bucket, key, versionId: row.versionId }, row),
    etag: openEtag(deps.keyring, row.objectId, row.etag),
    lastModified: row.lastModified,
    metadata: row.metadata,
    ...answeredVersion(bucket, row.versionId),
  }
}
