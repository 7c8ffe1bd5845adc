import type * as json from '@/lib/console/schemas-keys'
import type { KeyAccessOfMember } from '@/lib/kms/who-may-use'
import type { Decision } from '@/lib/policy/model'
import type { BlastRadius, Grant, KeyMetadata, KeyResult, Rotation } from '@/lib/kms/operations'

/** The key service's values as the console's JSON (lib/console/schemas-keys.ts), field by field: nothing slips out unseen. */

export function managedKeyJson(key: KeyMetadata): json.ManagedKey {
  const { keyId, arn, account, aliases, spec, state, origin, isDefault } = key
  const { description, region, currentVersion, createdAt, provider } = key
  return {
    ...{ keyId, arn, account, aliases, spec, state, origin, isDefault },
    ...{ description, region, currentVersion, createdAt, provider },
    ...defined({ deletionAt: key.deletionAt, validTo: key.validTo }),
  }
}

export function rotationStatusJson(status: KeyResult<'GetKeyRotationStatus'>): json.RotationStatus {
  const { enabled, periodDays, nextAt } = status
  return { enabled, ...defined({ periodDays, nextAt }) }
}

export function rotationJson({ version, at, type }: Rotation): json.Rotation {
  return { version, at, type }
}

export function radiusJson({ objects, bytes, uploads, buckets, versions }: BlastRadius): json.BlastRadius {
  return {
    ...{ objects, bytes, uploads },
    buckets: buckets.map((one) => ({
      bucket: one.bucket,
      objects: one.objects,
      bytes: one.bytes,
      namedByRule: one.namedByRule,
    })),
    versions: versions.map((one) => ({ version: one.version, objects: one.objects })),
  }
}

/** Without its token: whoever holds that may use the grant. */
export function grantJson(grant: Omit<Grant, 'grantToken'>): json.Grant {
  const { grantId, granteePrincipal, operations, constraints, createdAt, name, retiringPrincipal } = grant
  return {
    ...{ grantId, granteePrincipal, operations, constraints, createdAt },
    ...defined({ name, retiringPrincipal }),
  }
}

export function keyAccessJson(members: KeyAccessOfMember[], userId: string): json.KeyAccess {
  const you = members.find((member) => member.userId === userId)
  return {
    you: decisionsJson(you?.decisions ?? {}),
    members: members.map(({ userId, name, email, role, principal, decisions }) => ({
      ...{ userId, name, email, role, principal },
      decisions: decisionsJson(decisions),
    })),
  }
}

function decisionsJson(decisions: Readonly<Record<string, Decision>>): Record<string, json.Decision> {
  return Object.fromEntries(
    Object.entries(decisions).map(([action, { allowed, layer, rule }]) => [
      action,
      { allowed, layer, ...defined({ rule }) },
    ]),
  )
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** JSON has no undefined: what is not there is left out. */
function defined<T extends Record<string, unknown>>(facts: T): Defined<T> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Defined<T>
}
