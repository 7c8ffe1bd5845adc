import type { ProjectRole } from '@/lib/store/model'
import type { Session, User } from '@/lib/accounts/model'
import { cookies, headers } from 'next/headers'
import { z } from 'zod'
import { Refusal } from './failure'
import { system } from './system'

const COOKIE = 'coffer_session'
const SEALED_FOR = 'console-cookie'

/** What the cookie holds: an id that only the accounts can turn into a person, and the project last chosen. */
const contentSchema = z.object({
  sessionId: z.string(),
  expiresAt: z.number(),
  projectId: z.string().optional(),
})
type Content = z.infer<typeof contentSchema>

export interface SignedIn {
  user: User
  sessionId: string
  /** ms since the epoch */
  expiresAt: number
  /** the project the person chose last; membership is not yet checked */
  chosenProject: string | undefined
}

/** Who sent the request, or undefined when nobody (any longer) is signed in. */
export async function signedIn(): Promise<SignedIn | undefined> {
  const content = open((await cookies()).get(COOKIE)?.value)
  if (!content) return undefined
  const user = await system().accounts.sessionUser(content.sessionId)
  return (
    user && {
      user,
      sessionId: content.sessionId,
      expiresAt: content.expiresAt,
      chosenProject: content.projectId,
    }
  )
}

/** @throws Refusal NotSignedIn */
export async function requireSignedIn(): Promise<SignedIn> {
  const person = await signedIn()
  if (!person) throw new Refusal('NotSignedIn')
  return person
}

/**
 * The cookie is sealed with a key derived from the root key and bound to this use: it can be neither read nor
 * made up. HttpOnly keeps it from scripts, SameSite=Lax from other sites' requests.
 */
export async function keepSession(
  { sessionId, expiresAt }: Pick<Session, 'sessionId' | 'expiresAt'>,
  projectId?: string,
) {
  ;(await cookies()).set(COOKIE, seal({ sessionId, expiresAt, ...(projectId ? { projectId } : {}) }), {
    httpOnly: true,
    sameSite: 'lax',
    secure: await overTls(),
    path: '/',
    expires: new Date(expiresAt),
  })
}

/** The console as such is behind TLS, or this request came through it (`server.ts` makes the header true). */
async function overTls(): Promise<boolean> {
  const declared = (await headers()).get('x-forwarded-proto') === 'https'
  return declared || system().config.publicConsoleUrl.startsWith('https:')
}

export async function forgetSession(): Promise<void> {
  ;(await cookies()).delete(COOKIE)
}

/** The project a request means: the one it names, else the one chosen last, else the person's first. */
export async function projectOf(
  person: SignedIn,
  named: string | null,
): Promise<{ projectId: string; name: string; role: ProjectRole } | undefined> {
  const memberships = await system().accounts.memberships(person.user.userId)
  const find = (id: string | null | undefined) => memberships.find(({ project }) => project.projectId === id)
  if (named !== null && !find(named)) throw new Refusal('NoSuchProject', { projectId: named })
  const membership = find(named) ?? find(person.chosenProject) ?? memberships[0]
  return (
    membership && {
      projectId: membership.project.projectId,
      name: membership.project.name,
      role: membership.role,
    }
  )
}

function seal(content: Content): string {
  return system()
    .keyring.seal('session', SEALED_FOR, Buffer.from(JSON.stringify(content)))
    .toString('base64url')
}

function open(cookie: string | undefined): Content | undefined {
  if (!cookie) return undefined
  try {
    const bytes = system().keyring.open('session', SEALED_FOR, Buffer.from(cookie, 'base64url'))
    return contentSchema.parse(JSON.parse(bytes.toString()))
  } catch {
    // forged, cut off, or of another installation: nobody is signed in
    return undefined
  }
}
