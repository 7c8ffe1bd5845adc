import { command, type Command } from '../dialect.ts'
import type { RawResponse } from '../raw.ts'
import { ownerNode, versionHeaders, xml } from './answers.ts'
import { versionOf, type BucketRequest, type ObjectRequest } from './oss-request.ts'

/** Access control lists do not exist here; the answer is the one every bucket and object without them gives. */
export function getBucketAcl({ bucket, caller }: BucketRequest): Command {
  return command({ name: 'HeadBucket', bucket }, () => accessControlPolicy('private', caller))
}

/** `ossutil stat` asks for it first. Tags are the cheapest fact of an object that needs no customer key. */
export function getObjectAcl(request: ObjectRequest): Command {
  const { bucket, key, caller } = request
  return command({ name: 'GetObjectTagging', bucket, key, ...versionOf(request) }, (result) =>
    accessControlPolicy('default', caller, versionHeaders(result)),
  )
}

function accessControlPolicy(
  grant: 'private' | 'default',
  caller: BucketRequest['caller'],
  headers: Record<string, string> = {},
): RawResponse {
  return xml('AccessControlPolicy', [ownerNode(caller), ['AccessControlList', [['Grant', grant]]]], headers)
}
