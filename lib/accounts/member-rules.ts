import type { ProjectRole } from './model.ts'

export const ROLES: readonly ProjectRole[] = ['owner', 'administrator', 'member', 'reader', 'auditor']

const RANK: Readonly<Record<ProjectRole, number>> = {
  owner: 3,
  administrator: 2,
  member: 1,
  reader: 0,
  auditor: 0,
}

/**
 * Owners manage everybody; others only those below them, and lift nobody to their own height: whoever may invite
 * must not be able to invite a second self without the rules that bind him.
 */
export function mayManage(actor: ProjectRole, target: ProjectRole): boolean {
  return actor === 'owner' || RANK[actor] > RANK[target]
}

export function assignableRoles(actor: ProjectRole): ProjectRole[] {
  return ROLES.filter((role) => mayManage(actor, role))
}
