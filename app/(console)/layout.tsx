import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { meOf } from '@/app/_request/me'
import { backupAnswer, keyServiceState } from '@/app/_request/safety'
import { signedIn } from '@/app/_request/session'
import { MeProvider } from '@/components/shell/me'
import { SafetyProvider } from '@/components/shell/safety'
import { Shell } from '@/components/shell/shell'
import { ToSignIn } from '@/components/shell/to-sign-in'

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const person = await signedIn()
  if (!person) return <ToSignIn />
  const named = (await headers()).get('x-coffer-project') ?? undefined
  const [me, backup] = await Promise.all([meOf(person, named), backupAnswer(person.user)])
  return (
    <MeProvider named={named} initial={me}>
      <SafetyProvider initial={{ backup, keyService: keyServiceState() }}>
        <Shell>{children}</Shell>
      </SafetyProvider>
    </MeProvider>
  )
}
