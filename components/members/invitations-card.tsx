'use client'
import { useMutation } from '@tanstack/react-query'
import { MailPlus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useErrorToast } from '@/components/shell/error-message'
import { useProject } from '@/components/shell/me'
import { Timestamp } from '@/components/shell/timestamp'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import { toast } from '@/components/ui/toaster'
import { membersClient } from '@/lib/console/members-client'
import type { Invitation } from '@/lib/console/schemas-members'
import { RoleBadge } from './role-badge'
import { useMembersChanged } from './use-members'

export function InvitationsCard({
  invitations,
  mayRevoke,
}: {
  invitations: Invitation[]
  mayRevoke: boolean
}) {
  const t = useTranslations('members')
  return (
    <SectionCard
      id="invitations"
      title={t('pending.title')}
      icon={<MailPlus aria-hidden />}
      description={t('pending.description')}
      flush
    >
      <Table aria-label={t('pending.title')} className="table-fixed">
        <TableHead>
          <tr>
            <HeaderCell>{t('pending.email')}</HeaderCell>
            <HeaderCell className="w-40 @max-md:w-12">
              <span className="@max-md:sr-only">{t('role')}</span>
            </HeaderCell>
            <HeaderCell className="w-48 @max-2xl:hidden">{t('pending.expires')}</HeaderCell>
            <HeaderCell className="w-28">
              <span className="sr-only">{t('actions')}</span>
            </HeaderCell>
          </tr>
        </TableHead>
        <tbody>
          {invitations.map((invitation) => (
            <Row key={invitation.invitationId}>
              <Cell className="truncate" title={invitation.email}>
                {invitation.email}
              </Cell>
              <Cell>
                <RoleBadge role={invitation.role} shrinks />
              </Cell>
              <Cell className="text-muted @max-2xl:hidden">
                <Timestamp at={invitation.expiresAt} />
              </Cell>
              <Cell className="text-right">{mayRevoke && <Revoke invitation={invitation} />}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </SectionCard>
  )
}

function Revoke({ invitation: { invitationId, email } }: { invitation: Invitation }) {
  const t = useTranslations('members')
  const { projectId } = useProject()
  const changed = useMembersChanged()
  const revoke = useMutation({
    mutationFn: () => membersClient(projectId).revokeInvitation(invitationId),
    onError: useErrorToast(),
    onSuccess: () => toast.success(t('pending.revoked', { email })),
    onSettled: changed,
  })
  return (
    <Button
      size="sm"
      busy={revoke.isPending}
      aria-label={t('pending.revokeOf', { email })}
      onClick={() => revoke.mutate()}
    >
      {t('pending.revoke')}
    </Button>
  )
}
