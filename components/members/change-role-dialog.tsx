'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import { toast } from '@/components/ui/toaster'
import { membersClient } from '@/lib/console/members-client'
import { meKey } from '@/lib/console/queries/me'
import type { Member, Role } from '@/lib/console/schemas-members'
import { RoleChoice } from './role-choice'
import { useMembersChanged } from './use-members'

export interface ChangeRoleDialogProps {
  member: Member | undefined
  roles: Role[]
  onClose: () => void
}

export function ChangeRoleDialog({ member, roles, onClose }: ChangeRoleDialogProps) {
  const t = useTranslations()
  return (
    <Dialog
      open={member !== undefined}
      onOpenChange={(open) => !open && onClose()}
      title={t('members.change.title', { name: member?.name ?? '' })}
      description={t('members.change.description')}
      closeLabel={t('common.close')}
    >
      {member && <ChangeForm member={member} roles={roles} onClose={onClose} />}
    </Dialog>
  )
}

function ChangeForm({ member, roles, onClose }: ChangeRoleDialogProps & { member: Member }) {
  const t = useTranslations()
  const { projectId } = useProject()
  const changed = useMembersChanged()
  const queryClient = useQueryClient()
  const [role, setRole] = useState(member.role)
  const change = useMutation({
    mutationFn: () => membersClient(projectId).change(member.userId, { role }),
    onSuccess: () => {
      const { name } = member
      toast.success(t('members.change.done', { name, role: t(`members.roleIs.${role}`) }))
      if (member.isYou) void queryClient.invalidateQueries({ queryKey: meKey })
      onClose()
    },
    onSettled: changed,
  })
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate()
      }}
    >
      <DialogBody className="flex flex-col gap-4">
        {change.isError && <ErrorNotice error={change.error} />}
        <RoleChoice value={role} onChange={setRole} roles={roles} />
        {member.isYou && role !== member.role && (
          <Notice tone="warning">{t('members.change.yourself')}</Notice>
        )}
        {role === 'owner' && member.policy !== undefined && (
          <Notice tone="warning">{t('members.change.ownerLosesPolicy')}</Notice>
        )}
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" disabled={role === member.role} busy={change.isPending}>
          {t('members.changeRole')}
        </Button>
      </DialogFooter>
    </form>
  )
}
