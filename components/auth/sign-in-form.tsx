'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useForm } from 'react-hook-form'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { signIn } from '@/lib/console/client'
import { ownPage } from '@/lib/console/paths'
import { signInSchema } from '@/lib/console/schemas'
import { AuthCard } from './auth-card'

export interface SignInFormProps {
  /** where to go afterwards */
  next: string | undefined
  /** nobody can sign in yet: the first administrator comes by a link */
  awaitsAdministrator: boolean
}

export function SignInForm({ next, awaitsAdministrator }: SignInFormProps) {
  const t = useTranslations('auth')
  const form = useForm({ resolver: zodResolver(signInSchema), defaultValues: { email: '', password: '' } })
  const { errors } = form.formState
  const enter = useMutation({
    mutationFn: signIn,
    // a whole new page, so that the server renders it for the person who just came in
    onSuccess: () => window.location.assign(ownPage(next)),
  })
  return (
    <AuthCard title={t('signInTitle')} description={t('signInDescription')}>
      <form
        noValidate
        onSubmit={form.handleSubmit((values) => enter.mutate(values))}
        className="flex flex-col gap-5"
      >
        {awaitsAdministrator && <Notice title={t('awaitsTitle')}>{t('awaitsText')}</Notice>}
        {enter.isError && <ErrorNotice error={enter.error} />}
        <Field label={t('email')} error={errors.email && t('emailMissing')}>
          <Input type="email" autoComplete="username" autoFocus required {...form.register('email')} />
        </Field>
        <Field label={t('password')} error={errors.password && t('passwordMissing')}>
          <Input type="password" autoComplete="current-password" required {...form.register('password')} />
        </Field>
        <Button
          type="submit"
          variant="primary"
          busy={enter.isPending || enter.isSuccess}
          className="mt-1 w-full"
        >
          {t('signIn')}
        </Button>
      </form>
    </AuthCard>
  )
}
