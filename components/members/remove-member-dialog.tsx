'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { toast } from '@/components/ui/toaster'
import { membersClient } from '@/lib/console/members-client'
import { pages } from '@/lib/console/paths'
import type { Member } from '@/lib/console/schemas-members'
import { useMembersChanged } from './use-members'

/** Removing somebody, or leaving: what ends with it is said before. */
export function RemoveMemberDialog({ member, onClose }: { member: Member | undefined; onClose: () => void }) {
  const t = useTranslations()
  const project = useProject().name
  const name = member?.name ?? ''
  return (
    <Dialog
      open={member !== undefined}
      onOpenChange={(open) => !open && onClose()}
      alert
      width="sm"
      title={member?.isYou ? t('members.leaving.title', { project }) : t('members.removing.title', { name })}
      description={
        member?.isYou
          ? t('members.leaving.text')
          : t('members.removing.text', { project, count: member?.accessKeys ?? 0 })
      }
      closeLabel={t('common.close')}
    >
      {member && <Confirm member={member} onClose={onClose} />}
    </Dialog>
  )
}

function Confirm({ member, onClose }: { member: Member; onClose: () => void }) {
  const t = useTranslations()
  const { projectId } = useProject()
  const changed = useMembersChanged()
  const remove = useMutation({
    mutationFn: () => membersClient(projectId).remove(member.userId),
    onSuccess: () => {
      // a whole new page: nothing of the project one left stays behind
      if (member.isYou) return window.location.assign(pages.buckets())
      toast.success(t('members.removing.done', { name: member.name }))
      onClose()
      return changed()
    },
  })
  return (
    <>
      {remove.isError && (
        <DialogBody>
          <ErrorNotice error={remove.error} />
        </DialogBody>
      )}
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
          {t(member.isYou ? 'members.leaving.confirm' : 'members.removing.confirm')}
        </Button>
      </DialogFooter>
    </>
  )
}
