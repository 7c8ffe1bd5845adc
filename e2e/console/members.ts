import { expect } from '@playwright/test'
import type { Coffer } from '../coffer.ts'

/** Invites somebody and accepts in his name, as the pages do. @returns his cookie */
export async function joinAs(
  coffer: Coffer,
  role: string,
  name: string,
  projectId = coffer.projectId,
): Promise<string> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.org`
  const invited = await coffer.request('POST', `/api/members/invitations?project=${projectId}`, {
    email,
    role,
  })
  const { url } = (await invited.json()) as { url: string }
  const token = new URL(url).searchParams.get('token')
  const response = await fetch(`${coffer.consoleUrl}/api/invitation`, {
    method: 'POST',
    headers: { origin: coffer.consoleUrl, 'content-type': 'application/json' },
    body: JSON.stringify({ token, account: { name, password: 'a lantern on the quiet lake' } }),
  })
  expect(response.status, await response.text()).toBe(200)
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}
