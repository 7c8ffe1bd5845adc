'use client'
import { useQuery } from '@tanstack/react-query'
import { UserPlus, UsersRound } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { membersQuery } from '@/lib/console/queries/members'
import { InvitationsCard } from './invitations-card'
import { InviteDialog } from './invite-dialog'
import { MemberTable } from './member-table'
import { RolesCard } from './roles-card'

/** Who works in the project, who is invited, and what each role may do. */
export function MemberPage() {
  const t = useTranslations('members')
  const { projectId, name, role } = useProject()
  const list = useQuery(membersQuery(projectId))
  const [inviting, setInviting] = useState(false)
  const assignable = list.data?.assignableRoles ?? []
  // Before the list is there, the role is the best guess: the page must not jump.
  const manages = list.data ? assignable.length > 0 : role === 'owner' || role === 'administrator'
  const invite = manages && (
    <Button variant="primary" disabled={!list.data} onClick={() => setInviting(true)}>
      <UserPlus aria-hidden />
      {t('invite.action')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('title')} description={t('description', { project: name })} aside={invite} />
      <div className="flex flex-col gap-5 px-6 pb-8">
        {!manages && <Notice>{t('notYours', { role: t(`roleIs.${role}`) })}</Notice>}
        {list.isError ? (
          <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
        ) : (
          <SectionCard id="people" title={t('people')} icon={<UsersRound aria-hidden />} flush>
            <MemberTable list={list.data} />
            {manages && list.data?.members.length === 1 && list.data.invitations.length === 0 && (
              <p className="border-line text-muted border-t px-4 py-3 text-sm">{t('onlyYou')}</p>
            )}
          </SectionCard>
        )}
        {list.data && list.data.invitations.length > 0 && (
          <InvitationsCard invitations={list.data.invitations} mayRevoke={manages} />
        )}
        <RolesCard own={role} />
      </div>
      <InviteDialog open={inviting} roles={assignable} onClose={() => setInviting(false)} />
    </>
  )
}
