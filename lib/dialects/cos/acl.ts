import type { Caller } from '../../store/model.ts'
import { command, type Command } from '../dialect.ts'
import type { RawResponse } from '../raw.ts'
import { ownerNodes, xml } from './answers.ts'
import type { BucketRequest, ObjectRequest } from './cos-request.ts'
import { versionOf } from './object-operations.ts'

const CANONICAL_USER = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"'

/** Grants do not exist here yet; the answer is that of everything private: its owner may do everything. */
function ownerHasFullControl(caller: Caller, acl: string): RawResponse {
  const owner = ownerNodes(caller)
  return xml(
    'AccessControlPolicy',
    [
      ['Owner', owner],
      [
        'AccessControlList',
        [
          [
            'Grant',
            [
              ['Grantee', owner, CANONICAL_USER],
              ['Permission', 'FULL_CONTROL'],
            ],
          ],
        ],
      ],
    ],
    { 'x-cos-acl': acl },
  )
}

export function getBucketAcl({ bucket, caller }: BucketRequest): Command {
  return command({ name: 'HeadBucket', bucket }, () => ownerHasFullControl(caller, 'private'))
}

/** Tags are the cheapest fact of an object that needs no customer key. */
export function getObjectAcl(request: ObjectRequest): Command {
  const { bucket, key, caller } = request
  return command({ name: 'GetObjectTagging', bucket, key, ...versionOf(request) }, () =>
    ownerHasFullControl(caller, 'default'),
  )
}
