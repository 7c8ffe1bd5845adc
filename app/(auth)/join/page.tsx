import { getTranslations } from 'next-intl/server'
import { redirect } from 'next/navigation'
import { connection } from 'next/server'
import { offerJson } from '@/app/_request/reshape-members'
import type { PageInput } from '@/app/_request/page-input'
import { signedIn } from '@/app/_request/session'
import { system } from '@/app/_request/system'
import { InvalidInvitation } from '@/components/auth/invalid-invitation'
import { JoinCard } from '@/components/auth/join-card'
import { pages } from '@/lib/console/paths'
import type { InvitationOffer } from '@/lib/console/schemas-members'

export async function generateMetadata() {
  // the address holds a one-time token: no page we lead to may learn it
  return { title: (await getTranslations('members'))('invite.title'), referrer: 'no-referrer' as const }
}

export default async function JoinPage({ searchParams }: PageInput) {
  await connection()
  const { token } = await searchParams
  if (typeof token !== 'string' || token === '') redirect(pages.signIn())
  const offer = await offerOf(token)
  if (!offer) return <InvalidInvitation />
  const person = await signedIn()
  return (
    <JoinCard
      token={token}
      offer={offer}
      person={person && { name: person.user.name, email: person.user.email }}
    />
  )
}

/** undefined for a link that was used, has expired or never was. */
async function offerOf(token: string): Promise<InvitationOffer | undefined> {
  try {
    return offerJson(await system().members.offer(token))
  } catch (error) {
    // by shape, not by class: the system runs in another copy of its modules
    if (error instanceof Error && 'code' in error && error.code === 'InvalidCredentials') return undefined
    throw error
  }
}
