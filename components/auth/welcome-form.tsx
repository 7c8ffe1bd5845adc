'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useForm } from 'react-hook-form'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { ApiError, welcome } from '@/lib/console/client'
import { pages } from '@/lib/console/paths'
import { PASSWORD_LENGTH, welcomeSchema } from '@/lib/console/schemas'
import { AuthCard } from './auth-card'
import { UsedWelcomeLink } from './used-welcome-link'

/** The first administrator, by the one-time link that the server printed when it started. */
export function WelcomeForm({ token }: { token: string }) {
  const t = useTranslations('auth')
  const form = useForm({
    resolver: zodResolver(welcomeSchema),
    defaultValues: { token, name: '', email: '', password: '' },
  })
  const { errors } = form.formState
  const create = useMutation({
    mutationFn: welcome,
    // replace: the link with its token does not stay in the history
    onSuccess: () => window.location.replace(pages.buckets()),
  })
  // somebody was faster
  if (create.error instanceof ApiError && create.error.code === 'InvalidCredentials')
    return <UsedWelcomeLink />
  return (
    <AuthCard title={t('welcomeTitle')} description={t('welcomeDescription')}>
      <form
        noValidate
        onSubmit={form.handleSubmit((values) => create.mutate(values))}
        className="flex flex-col gap-5"
      >
        {create.isError && <ErrorNotice error={create.error} />}
        <Field label={t('name')} error={errors.name && t('nameMissing')}>
          <Input autoComplete="name" autoFocus required {...form.register('name')} />
        </Field>
        <Field label={t('email')} error={errors.email && t('emailWrong')}>
          <Input type="email" autoComplete="username" required {...form.register('email')} />
        </Field>
        <Field
          label={t('password')}
          hint={t('passwordHint', { count: PASSWORD_LENGTH })}
          error={errors.password && t('passwordShort', { count: PASSWORD_LENGTH })}
        >
          <Input type="password" autoComplete="new-password" required {...form.register('password')} />
        </Field>
        <Button
          type="submit"
          variant="primary"
          busy={create.isPending || create.isSuccess}
          className="mt-1 w-full"
        >
          {t('create')}
        </Button>
      </form>
    </AuthCard>
  )
}
