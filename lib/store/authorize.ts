import { StoreError } from '../errors.ts'
import type { StoreDeps } from './deps.ts'
import type { Bucket, Caller, ProjectRole } from './model.ts'

export type Permission =
  | 'bucket:list'
  | 'bucket:create'
  | 'bucket:delete'
  | 'bucket:configure'
  | 'bucket:describe'
  | 'object:list'
  | 'object:describe'
  | 'object:read'
  | 'object:write'
  | 'object:delete'

const reading: Permission[] = [
  'bucket:list',
  'bucket:describe',
  'object:list',
  'object:describe',
  'object:read',
]
const writing: Permission[] = [...reading, 'bucket:create', 'object:write', 'object:delete']
const everything: Permission[] = [...writing, 'bucket:delete', 'bucket:configure']

/** What each role of a project may do to its buckets. An auditor sees that an object is encrypted, not what it says. */
export const permissionsOf: Readonly<Record<ProjectRole, ReadonlySet<Permission>>> = {
  owner: new Set(everything),
  administrator: new Set(everything),
  member: new Set(everything),
  reader: new Set(reading),
  auditor: new Set<Permission>(['bucket:list', 'bucket:describe', 'object:list', 'object:describe']),
}

type Member = Caller & { kind: 'member' }

/** @throws StoreError AccessDenied for anonymous callers and for roles without the permission */
export function requireMember(caller: Caller, permission: Permission): Member {
  if (caller.kind !== 'member' || !permissionsOf[caller.role].has(permission)) throw denied()
  return caller
}

/**
 * The bucket, if the caller may do this to it. Another project's bucket is AccessDenied, as on AWS; an
 * anonymous caller learns nothing, not even whether the bucket exists.
 * @throws StoreError AccessDenied | NoSuchBucket
 */
export async function authorizedBucket(
  deps: StoreDeps,
  caller: Caller,
  name: string,
  permission: Permission,
): Promise<Bucket> {
  const member = requireMember(caller, permission)
  const bucket = await deps.catalog.findBucket(name)
  if (bucket === undefined)
    throw new StoreError('NoSuchBucket', 'The specified bucket does not exist', { bucket: name })
  if (bucket.projectId !== member.projectId) throw denied()
  return bucket
}

function denied(): StoreError {
  return new StoreError('AccessDenied', 'Access Denied')
}
