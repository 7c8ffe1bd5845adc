import type { ReactNode } from 'react'
import { meOf } from '@/app/_request/me'
import { signedIn } from '@/app/_request/session'
import { MeProvider } from '@/components/shell/me'
import { Shell } from '@/components/shell/shell'
import { ToSignIn } from '@/components/shell/to-sign-in'

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const person = await signedIn()
  if (!person) return <ToSignIn />
  return (
    <MeProvider initial={await meOf(person)}>
      <Shell>{children}</Shell>
    </MeProvider>
  )
}
