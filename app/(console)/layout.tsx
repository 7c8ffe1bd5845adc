import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import { meOf } from '@/app/_request/me'
import { backupAnswer, keyServiceState } from '@/app/_request/safety'
import { signedIn } from '@/app/_request/session'
import { MeProvider } from '@/components/shell/me'
import { SafetyProvider } from '@/components/shell/safety'
import { Shell } from '@/components/shell/shell'
import { inProject, ownPage, pages, projectIn } from '@/lib/console/paths'

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const [person, asked] = await Promise.all([signedIn(), headers()])
  const address = ownPage(asked.get('x-coffer-address'))
  if (!person) redirect(pages.signIn(address))
  const named = projectIn(address)
  const [me, backup] = await Promise.all([meOf(person, named), backupAnswer(person.user)])
  // The address names the project, however one came: loaded anew, or sent to somebody, the page is of the same one.
  if (named === undefined && me.project) redirect(inProject(address, me.project.projectId))
  return (
    <MeProvider named={named} initial={me}>
      <SafetyProvider initial={{ backup, keyService: keyServiceState() }}>
        <Shell>{children}</Shell>
      </SafetyProvider>
    </MeProvider>
  )
}
