'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useController, useForm } from 'react-hook-form'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Timestamp } from '@/components/shell/timestamp'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { membersClient } from '@/lib/console/members-client'
import { inviteSchema, type CreatedInvitation, type Role } from '@/lib/console/schemas-members'
import { RoleChoice } from './role-choice'
import { useMembersChanged } from './use-members'

export interface InviteDialogProps {
  open: boolean
  roles: Role[]
  onClose: () => void
}

/** Makes a one-time link and shows it: this once, until somebody says that it is passed on. */
export function InviteDialog({ open, roles, onClose }: InviteDialogProps) {
  const t = useTranslations()
  const [created, setCreated] = useState<CreatedInvitation>()
  const close = () => {
    setCreated(undefined)
    onClose()
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      held={created !== undefined}
      title={created ? t('members.invite.created', { email: created.email }) : t('members.invite.title')}
      description={created ? undefined : t('members.invite.description')}
      closeLabel={t('common.close')}
    >
      {open &&
        (created ? (
          <OneTimeLink created={created} onClose={close} />
        ) : (
          <InviteForm roles={roles} onCreated={setCreated} onClose={close} />
        ))}
    </Dialog>
  )
}

function InviteForm({
  roles,
  onCreated,
  onClose,
}: {
  roles: Role[]
  onCreated: (created: CreatedInvitation) => void
  onClose: () => void
}) {
  const t = useTranslations()
  const { projectId } = useProject()
  const changed = useMembersChanged()
  const form = useForm({
    resolver: zodResolver(inviteSchema),
    defaultValues: { email: '', role: roles.includes('member') ? 'member' : (roles.at(-1) ?? 'reader') },
  })
  const role = useController({ control: form.control, name: 'role' }).field
  const invite = useMutation({
    mutationFn: membersClient(projectId).invite,
    // the answer holds the link: react-query shall not remember it
    gcTime: 0,
    onSuccess: onCreated,
    onSettled: changed,
  })
  return (
    <form noValidate className="contents" onSubmit={form.handleSubmit((values) => invite.mutate(values))}>
      <DialogBody className="flex flex-col gap-4">
        {invite.isError && <ErrorNotice error={invite.error} />}
        <Field
          label={t('members.invite.email')}
          hint={t('members.invite.emailHint')}
          error={form.formState.errors.email && t('members.invite.emailWrong')}
        >
          <Input type="email" autoComplete="off" autoFocus required {...form.register('email')} />
        </Field>
        <RoleChoice value={role.value} onChange={role.onChange} roles={roles} />
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={invite.isPending}>
          {t('members.invite.create')}
        </Button>
      </DialogFooter>
    </form>
  )
}

function OneTimeLink({ created, onClose }: { created: CreatedInvitation; onClose: () => void }) {
  const t = useTranslations()
  return (
    <>
      <DialogBody className="flex flex-col gap-4">
        <Notice tone="warning" live title={t('members.invite.once')}>
          {t('members.invite.onceText')}
        </Notice>
        <Field
          label={t('members.invite.link')}
          hint={
            <>
              {t('members.pending.expires')} <Timestamp at={created.expiresAt} />
            </>
          }
        >
          <span className="flex items-center gap-2">
            <Input
              readOnly
              value={created.url}
              className="font-mono text-xs!"
              onFocus={(event) => event.target.select()}
            />
            <CopyButton
              variant="secondary"
              size="md"
              text={created.url}
              label={t('members.invite.copy')}
              copiedLabel={t('common.copied')}
            >
              {t('members.invite.copy')}
            </CopyButton>
          </span>
        </Field>
      </DialogBody>
      <DialogFooter>
        <Button variant="primary" onClick={onClose}>
          {t('members.invite.done')}
        </Button>
      </DialogFooter>
    </>
  )
}
