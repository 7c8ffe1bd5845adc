'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useForm } from 'react-hook-form'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { acceptInvitation } from '@/lib/console/members-client'
import { pages } from '@/lib/console/paths'
import { PASSWORD_LENGTH } from '@/lib/console/schemas'
import { acceptInvitationSchema } from '@/lib/console/schemas-members'
import { JoinError } from './join-error'

const newAccountSchema = acceptInvitationSchema.shape.account.unwrap()

/** A new account under the invitation's e-mail, which is shown and cannot be changed. */
export function JoinForm({ token, email }: { token: string; email: string }) {
  const t = useTranslations()
  const form = useForm({
    resolver: zodResolver(newAccountSchema),
    defaultValues: { name: '', password: '' },
  })
  const { errors } = form.formState
  const join = useMutation({
    mutationFn: acceptInvitation,
    // replace: the link with its token does not stay in the history
    onSuccess: () => window.location.replace(pages.buckets()),
  })
  return (
    <form
      noValidate
      onSubmit={form.handleSubmit((account) => join.mutate({ token, account }))}
      className="flex flex-col gap-5"
    >
      {join.isError && <JoinError error={join.error} />}
      <Field label={t('auth.email')} hint={t('members.join.newAccount')}>
        <Input
          type="email"
          autoComplete="username"
          readOnly
          value={email}
          className="bg-sunken! text-muted!"
        />
      </Field>
      <Field label={t('auth.name')} error={errors.name && t('auth.nameMissing')}>
        <Input autoComplete="name" autoFocus required {...form.register('name')} />
      </Field>
      <Field
        label={t('auth.password')}
        hint={t('auth.passwordHint', { count: PASSWORD_LENGTH })}
        error={errors.password && t('auth.passwordShort', { count: PASSWORD_LENGTH })}
      >
        <Input type="password" autoComplete="new-password" required {...form.register('password')} />
      </Field>
      <Button type="submit" variant="primary" busy={join.isPending || join.isSuccess} className="mt-1 w-full">
        {t('members.join.create')}
      </Button>
    </form>
  )
}
