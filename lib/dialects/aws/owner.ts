import { StoreError } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import { command, type Command } from '../dialect.ts'
import type { XmlNode } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'
import type { AccountLookup } from '../sigv4/verifier.ts'
import { xml } from './answers.ts'
import type { AwsRequest, BucketRequest, ObjectRequest } from './aws-request.ts'

/** Buckets belong to projects, and a caller only meets those of their own. */
export function ownerNode(caller: Caller): XmlNode[] {
  const id = caller.kind === 'member' ? caller.projectId : ''
  return [
    ['ID', id],
    ['DisplayName', id],
  ]
}

const EXPECTED_OWNER = ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner']

/**
 * Refuses when the client expects another account to own the bucket. Callers only reach buckets of their own
 * project, so its account number is the owner of every bucket that the operation could touch.
 * @throws StoreError AccessDenied
 */
export async function checkExpectedOwner(
  { headers, caller }: AwsRequest,
  accounts: AccountLookup,
): Promise<void> {
  const expected = EXPECTED_OWNER.map((name) => headers.get(name)).filter((value) => value !== undefined)
  if (expected.length === 0 || caller.kind === 'anonymous') return
  const memberships = await accounts.memberships(caller.userId)
  const own = memberships.find(({ project }) => project.projectId === caller.projectId)
  if (expected.some((account) => account !== own?.project.accountNumber))
    throw new StoreError('AccessDenied', 'Access Denied')
}

const CANONICAL_USER = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"'

/** Access control lists do not exist here; the answer is the one every bucket without them gives. */
function ownerHasFullControl(caller: Caller): RawResponse {
  const owner = ownerNode(caller)
  const grant: XmlNode[] = [
    ['Grantee', owner, CANONICAL_USER],
    ['Permission', 'FULL_CONTROL'],
  ]
  return xml('AccessControlPolicy', [
    ['Owner', owner],
    ['AccessControlList', [['Grant', grant]]],
  ])
}

export function getBucketAcl({ bucket, caller }: BucketRequest): Command {
  return command({ name: 'HeadBucket', bucket }, () => ownerHasFullControl(caller))
}

/** Tags are the cheapest fact of an object that needs no customer key. */
export function getObjectAcl({ bucket, key, caller }: ObjectRequest): Command {
  return command({ name: 'GetObjectTagging', bucket, key }, () => ownerHasFullControl(caller))
}
