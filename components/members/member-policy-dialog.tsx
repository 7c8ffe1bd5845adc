'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import { toast } from '@/components/ui/toaster'
import { ApiError } from '@/lib/console/client'
import { checkMemberPolicy } from '@/lib/console/member-policy-check'
import { membersClient } from '@/lib/console/members-client'
import type { Member } from '@/lib/console/schemas-members'
import { MemberPolicyEditor } from './member-policy-editor'
import { useMembersChanged } from './use-members'

/** The policy of one member: written by those above, read by the member. */
export function MemberPolicyDialog({ member, onClose }: { member: Member | undefined; onClose: () => void }) {
  const t = useTranslations()
  return (
    <Dialog
      open={member !== undefined}
      onOpenChange={(open) => !open && onClose()}
      width="lg"
      title={t('members.policy.title', { name: member?.name ?? '' })}
      description={t('members.policy.description', { role: t(`shell.roles.${member?.role ?? 'member'}`) })}
      closeLabel={t('common.close')}
    >
      {member && <PolicyForm member={member} onClose={onClose} />}
    </Dialog>
  )
}

function PolicyForm({ member, onClose }: { member: Member; onClose: () => void }) {
  const t = useTranslations()
  const mayWrite = member.manageable && !member.isYou
  const [text, setText] = useState(member.policy ?? '')
  const save = useSavePolicy(member, onClose)
  const problems = text.trim() === '' ? [] : checkMemberPolicy(text)
  const unchanged = text === (member.policy ?? '')
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault()
        if (problems.length === 0 && !unchanged) save.mutate(text.trim() === '' ? null : text)
      }}
    >
      <DialogBody className="flex flex-col gap-4">
        {save.isError && <PolicyRefused error={save.error} />}
        <MemberPolicyEditor text={text} onChange={setText} problems={problems} readOnly={!mayWrite} />
      </DialogBody>
      <DialogFooter
        start={
          mayWrite &&
          member.policy !== undefined && (
            <Button variant="danger-quiet" busy={save.isPending} onClick={() => save.mutate(null)}>
              {t('members.policy.clear')}
            </Button>
          )
        }
      >
        <Button onClick={onClose}>{t(mayWrite ? 'common.cancel' : 'common.close')}</Button>
        {mayWrite && (
          <Button
            type="submit"
            variant="primary"
            disabled={problems.length > 0 || unchanged}
            busy={save.isPending}
          >
            {t('common.save')}
          </Button>
        )}
      </DialogFooter>
    </form>
  )
}

function useSavePolicy(member: Member, onClose: () => void) {
  const t = useTranslations('members.policy')
  const { projectId } = useProject()
  const changed = useMembersChanged()
  return useMutation({
    mutationFn: (policy: string | null) => membersClient(projectId).change(member.userId, { policy }),
    onSuccess: (_, policy) => {
      toast.success(t(policy === null ? 'cleared' : 'saved', { name: member.name }))
      onClose()
    },
    onSettled: changed,
  })
}

/** The server reads a policy to the last letter and says where it stumbled. */
function PolicyRefused({ error }: { error: unknown }) {
  const t = useTranslations()
  const where =
    error instanceof ApiError && error.code === 'MalformedPolicy' ? error.facts['where'] : undefined
  if (where === undefined) return <ErrorNotice error={error} />
  return (
    <Notice tone="danger" live title={t('errors.MalformedPolicy.title')}>
      {t('members.policy.refusedAt', { where: String(where) })}
    </Notice>
  )
}
