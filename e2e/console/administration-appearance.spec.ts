import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { Page } from '@playwright/test'
import type { Coffer } from '../coffer.ts'
import { bucketName, expect, test } from '../fixtures.ts'
import { joinAs } from './members.ts'
import {
  carrySession,
  expectAccessible,
  LANGUAGES,
  screen,
  THEMES,
  type Language,
  type Theme,
} from './pages.ts'

const PEOPLE = [
  { name: 'Grace Chen', role: 'administrator' },
  { name: 'Lin Yi', role: 'member' },
  { name: 'Mei Wu', role: 'reader' },
  { name: 'Tsai Wen', role: 'auditor' },
] as const

const POLICY = JSON.stringify(
  {
    Version: '2012-10-17',
    Statement: [{ Sid: 'NeverDelete', Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' }],
  },
  undefined,
  2,
)

/** Members, the audit log and backups in both languages and both themes: they show, and axe finds nothing grave. */
for (const language of Object.keys(LANGUAGES) as Language[]) {
  for (const theme of THEMES) {
    test.describe(`${language}, ${theme}`, () => {
      test.use({ locale: LANGUAGES[language].tag, colorScheme: theme })
      const m = LANGUAGES[language].messages
      const check = (page: Page, name: string): Promise<void> => settleAndCheck(page, name, language, theme)

      test('members, an invitation, a policy, joining', async ({ page, context, coffer }) => {
        test.setTimeout(120_000)
        await peopled(coffer)
        await carrySession(context, coffer)
        await page.goto(`${coffer.consoleUrl}/members`)
        await expect(page.getByText('Lin Yi')).toBeVisible()
        await check(page, 'members')

        const actions = page.getByRole('button', {
          name: m.members.actionsFor.replace('{name}', 'Lin Yi'),
        })
        await actions.click()
        await check(page, 'member-menu')
        await page.getByRole('menuitem', { name: m.members.changeRole }).click()
        await check(page, 'change-role')
        await page.keyboard.press('Escape')
        await actions.click()
        await page.getByRole('menuitem', { name: m.members.editPolicy }).click()
        await check(page, 'member-policy')
        await page.keyboard.press('Escape')

        await page.getByRole('button', { name: m.members.invite.action }).click()
        await page.getByLabel(m.members.invite.email).fill('yan@example.org')
        await check(page, 'invite')
        await page.getByRole('button', { name: m.members.invite.create }).click()
        const url = await page.getByLabel(m.members.invite.link).inputValue()
        await check(page, 'invited')
        await page.getByRole('button', { name: m.members.invite.done }).click()
        await expect(page.getByRole('cell', { name: 'yan@example.org', exact: true })).toBeVisible()
        await page.getByText(m.members.roles.raw).click()
        await page.getByText(m.members.roles.raw).scrollIntoViewIfNeeded()
        await check(page, 'roles')

        await context.clearCookies({ name: 'coffer_session' })
        await page.goto(url)
        await expect(page.getByRole('button', { name: m.members.join.create })).toBeVisible()
        await check(page, 'join')
      })

      test('how safe the keys are', async ({ page, context, coffer }) => {
        await carrySession(context, coffer)
        await page.goto(`${coffer.consoleUrl}/backup`)
        await expect(page.getByText(m.backup.state.title)).toBeVisible()
        await check(page, 'backup')
      })

      test('the audit log, one record, how to prove it', async ({ page, context, coffer, s3 }) => {
        test.setTimeout(120_000)
        const bucket = bucketName('audit-look')
        await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
          name: bucket,
          encryption: { kind: 'managed-key', suite: 'AES256' },
        })
        for (const Key of ['runs/2026-11-21.csv', 'protocol.pdf', 'readme.md'])
          await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }))
        await peopled(coffer)
        await carrySession(context, coffer)
        const record = page.getByRole('row').filter({ hasText: `${bucket}/readme.md` })
        await expect(async () => {
          await page.goto(`${coffer.consoleUrl}/audit`)
          await expect(record.first()).toBeVisible()
        }).toPass({ timeout: 40_000 })
        await page.getByRole('button', { name: m.audit.search.more }).click()
        await check(page, 'audit')
        await record.first().getByRole('button').click()
        await check(page, 'audit-record')
        await page.keyboard.press('Escape')
        await page.getByRole('button', { name: m.audit.chain.action, exact: true }).click()
        await check(page, 'audit-chain')
      })
    })
  }
}

const ready = new WeakMap<Coffer, Promise<void>>()

/** The project with people in it, once a Coffer. */
function peopled(coffer: Coffer): Promise<void> {
  const made = ready.get(coffer) ?? makePeople(coffer)
  ready.set(coffer, made)
  return made
}

async function makePeople(coffer: Coffer): Promise<void> {
  for (const { name, role } of PEOPLE) await joinAs(coffer, role, name)
  const path = `/api/members?project=${coffer.projectId}`
  const { members } = (await (await coffer.request('GET', path)).json()) as {
    members: { userId: string; name: string }[]
  }
  const { userId } = members.find(({ name }) => name === 'Lin Yi')!
  await coffer.request('PATCH', `/api/members/${userId}?project=${coffer.projectId}`, { policy: POLICY })
}

async function settleAndCheck(page: Page, name: string, language: Language, theme: Theme): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))),
  )
  await screen(page, name, language, theme)
  await expectAccessible(page)
}
