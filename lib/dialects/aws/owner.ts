import type { Caller } from '../../store/model.ts'
import { command, type Command } from '../dialect.ts'
import type { XmlNode } from '../http/xml-write.ts'
import type { RawResponse } from '../raw.ts'
import { xml } from './answers.ts'
import type { AwsRequest, BucketRequest, ObjectRequest } from './aws-request.ts'
import { readVersion } from './versions.ts'

/** Who asks, as the owner: a stranger whom a bucket policy lets in is not told whose project it is. */
export function ownerNode(caller: Caller): XmlNode[] {
  const id = caller.kind === 'member' ? caller.projectId : ''
  return [
    ['ID', id],
    ['DisplayName', id],
  ]
}

/**
 * Which account the client expects to own the bucket, and the source of a copy: the store refuses another one
 * (S3 user guide, "Verifying bucket ownership").
 */
export function expectingOwners(command: Command, { headers }: AwsRequest): Command {
  const expectedOwner = headers.get('x-amz-expected-bucket-owner')
  const expectedSourceOwner = headers.get('x-amz-source-expected-bucket-owner')
  if (expectedOwner === undefined && expectedSourceOwner === undefined) return command
  const expected = {
    ...(expectedOwner !== undefined && { expectedOwner }),
    ...(expectedSourceOwner !== undefined && { expectedSourceOwner }),
  }
  return {
    operation: command.operation,
    run: (services, caller, context) => command.run(services, caller, { ...context, ...expected }),
  }
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
export function getObjectAcl({ bucket, key, query, caller }: ObjectRequest): Command {
  return command({ name: 'GetObjectTagging', bucket, key, ...readVersion(query) }, () =>
    ownerHasFullControl(caller),
  )
}
