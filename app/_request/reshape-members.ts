import type { InvitationOffer, PendingInvitation } from '@/lib/accounts/members'
import type { ListedMember, ProjectRole } from '@/lib/accounts/model'
import type * as json from '@/lib/console/schemas-members'

/** Members as the console's JSON (lib/console/schemas-members.ts), field by field: nothing slips out unseen. */

export function memberJson(
  { userId, name, email, role, policy, accessKeys, lastUsedAt }: ListedMember,
  asker: { userId: string },
  assignable: readonly ProjectRole[],
): json.Member {
  const shown = { userId, name, email, role, accessKeys, isYou: userId === asker.userId }
  return {
    ...shown,
    manageable: assignable.includes(role),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    ...(policy === undefined ? {} : { policy }),
  }
}

export function invitationJson({ invitationId, email, role, expiresAt }: PendingInvitation): json.Invitation {
  return { invitationId, email, role, expiresAt }
}

export function offerJson({
  projectName,
  email,
  role,
  expiresAt,
  hasAccount,
}: InvitationOffer): json.InvitationOffer {
  return { projectName, email, role, expiresAt, hasAccount }
}
