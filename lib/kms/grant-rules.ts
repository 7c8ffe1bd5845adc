import { isDeepStrictEqual } from 'node:util'
import type { KeyGrantRow } from '../keys/key-repository.ts'

/** The same grant but for its id, token and time. */
export function sameGrant(a: KeyGrantRow, b: KeyGrantRow): boolean {
  const content = ({ name, granteePrincipal, retiringPrincipal, operations, constraints }: KeyGrantRow) => ({
    name,
    granteePrincipal,
    retiringPrincipal,
    operations: [...operations].sort(),
    constraints,
  })
  return isDeepStrictEqual(content(a), content(b))
}

/** Whether `child` allows nothing that `parent` does not. */
export function isNarrower(child: KeyGrantRow, parent: KeyGrantRow): boolean {
  const operations = child.operations.every((operation) => parent.operations.includes(operation))
  return operations && keepsConstraints(child.constraints, parent.constraints)
}

type Constraints = KeyGrantRow['constraints']

function keepsConstraints(child: Constraints, parent: Constraints): boolean {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = parent
  if (equals !== undefined && !isDeepStrictEqual(child.encryptionContextEquals, equals)) return false
  if (subset === undefined) return true
  const kept = { ...child.encryptionContextSubset, ...child.encryptionContextEquals }
  return Object.entries(subset).every(([name, value]) => kept[name] === value)
}
