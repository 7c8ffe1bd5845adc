import type { Bucket, Caller, CannedAcl, ObjectAcl, ObjectRow } from './model.ts'

/** What an ACL can give to others than the project: to read an object or list a bucket, and to put objects. */
export type AclPermission = 'READ' | 'WRITE'

/** Who is let in, by what is given. */
const GRANTS: Readonly<Record<CannedAcl, Partial<Record<AclPermission, 'everybody' | 'signed'>>>> = {
  private: {},
  'public-read': { READ: 'everybody' },
  'public-read-write': { READ: 'everybody', WRITE: 'everybody' },
  'authenticated-read': { READ: 'signed' },
}

export function aclGrants(acl: CannedAcl, permission: AclPermission, caller: Caller): boolean {
  const to = GRANTS[acl][permission]
  return to === 'everybody' || (to === 'signed' && caller.kind === 'member')
}

/**
 * Does it let in anybody from outside the project? Whoever can get an access key is no narrower circle than everybody (S3
 * user guide, 'The meaning of "public"').
 */
export function isPublicAcl(acl: ObjectAcl): acl is Exclude<CannedAcl, 'private'> {
  return acl !== 'private' && acl !== 'default'
}

/** Objects inherit (OSS, COS); S3's own clients write them private. */
export function effectiveAcl(bucket: Bucket, object: Pick<ObjectRow, 'acl'>): CannedAcl {
  return object.acl ?? bucket.acl ?? 'private'
}

/** As a row keeps it. */
export function storedAcl(acl: ObjectAcl | undefined): CannedAcl | undefined {
  return acl === 'default' ? undefined : acl
}
