'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import Link from 'next/link'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { buttonClass } from '@/components/ui/button-class'
import { cx } from '@/components/ui/cx'
import { Notice } from '@/components/ui/notice'
import { signOut } from '@/lib/console/client'
import { acceptInvitation } from '@/lib/console/members-client'
import { pages } from '@/lib/console/paths'
import type { InvitationOffer } from '@/lib/console/schemas-members'
import { AuthCard } from './auth-card'
import { JoinError } from './join-error'
import { JoinForm } from './join-form'

export interface JoinCardProps {
  token: string
  offer: InvitationOffer
  /** who is signed in */
  person: { name: string; email: string } | undefined
}

/** What the link offers, and the one way to take it that fits who opened it. */
export function JoinCard({ token, offer, person }: JoinCardProps) {
  const t = useTranslations('members')
  const { projectName, role, email, hasAccount } = offer
  return (
    <AuthCard
      title={t('join.title', { project: projectName })}
      description={t('join.asRole', { role: t(`roleIs.${role}`), hint: t(`roleHints.${role}`) })}
    >
      <div className="flex flex-col gap-5">
        {person && person.email !== email ? (
          <OtherPerson signedInAs={person.email} invited={email} />
        ) : person ? (
          <Accept token={token} person={person} />
        ) : hasAccount ? (
          <SignInFirst token={token} email={email} />
        ) : (
          <JoinForm token={token} email={email} />
        )}
      </div>
    </AuthCard>
  )
}

function Accept({ token, person }: { token: string; person: { name: string; email: string } }) {
  const t = useTranslations('members.join')
  const accept = useMutation({
    mutationFn: () => acceptInvitation({ token }),
    // replace: the link with its token does not stay in the history
    onSuccess: () => window.location.replace(pages.buckets()),
  })
  return (
    <>
      {accept.isError && <JoinError error={accept.error} />}
      <p className="text-muted text-sm">{t('signedInAs', person)}</p>
      <Button variant="primary" busy={accept.isPending || accept.isSuccess} onClick={() => accept.mutate()}>
        {t('accept')}
      </Button>
    </>
  )
}

function SignInFirst({ token, email }: { token: string; email: string }) {
  const t = useTranslations('members.join')
  return (
    <>
      <Notice>
        {t('forEmail', { email })} {t('signInFirst')}
      </Notice>
      <Link href={pages.signIn(pages.join(token))} className={cx(buttonClass('primary'), 'w-full')}>
        {t('signIn')}
      </Link>
    </>
  )
}

function OtherPerson({ signedInAs, invited }: { signedInAs: string; invited: string }) {
  const t = useTranslations('members.join')
  const leave = useMutation({ mutationFn: signOut, onSuccess: () => window.location.reload() })
  return (
    <>
      {leave.isError && <ErrorNotice error={leave.error} />}
      <Notice tone="warning">{t('otherPerson', { email: signedInAs, invited })}</Notice>
      <Button busy={leave.isPending || leave.isSuccess} onClick={() => leave.mutate()}>
        {t('signOut')}
      </Button>
    </>
  )
}
