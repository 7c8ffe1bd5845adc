import { PutObjectCommand } from '@aws-sdk/client-s3'
import { bucketName, expect, onceInEach, test } from '../fixtures.ts'
import { inEachLanguage } from './look.ts'
import { joinAs } from './members.ts'
import { carrySession, loseSession } from './pages.ts'

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

/** The project with people in it, and something in its log. @returns the bucket that the log tells of */
const prepared = onceInEach(async (coffer, s3) => {
  for (const { name, role } of PEOPLE) await joinAs(coffer, role, name)
  const path = `/api/members?project=${coffer.projectId}`
  const { members } = (await (await coffer.request('GET', path)).json()) as {
    members: { userId: string; name: string }[]
  }
  const { userId } = members.find(({ name }) => name === 'Lin Yi')!
  await coffer.request('PATCH', `/api/members/${userId}?project=${coffer.projectId}`, { policy: POLICY })
  const bucket = bucketName('audit-look')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name: bucket,
    encryption: { kind: 'managed-key', suite: 'AES256' },
  })
  for (const Key of ['runs/2026-11-21.csv', 'protocol.pdf', 'readme.md'])
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }))
  return bucket
})

/** Members, the audit log and backups in both languages and both themes: they show, and axe finds nothing grave. */
inEachLanguage('administration', (_, m, look) => {
  test('the audit log, backups, members, a policy, joining', async ({ page, context, coffer, s3 }) => {
    const bucket = await prepared(coffer, s3)
    await carrySession(context, coffer)

    await test.step('the audit log, one record, how to prove it', async () => {
      const record = page.getByRole('row').filter({ hasText: `${bucket}/readme.md` })
      await expect(async () => {
        await page.goto(`${coffer.consoleUrl}/audit`)
        await expect(record.first()).toBeVisible()
      }).toPass({ timeout: 40_000 })
      await page.getByRole('button', { name: m.audit.search.more }).click()
      await look(page, 'audit')
      await record.first().getByRole('button').click()
      await look(page, 'audit-record')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: m.audit.chain.action, exact: true }).click()
      await look(page, 'audit-chain')
    })

    await test.step('how safe the keys are', async () => {
      await page.goto(`${coffer.consoleUrl}/backup`)
      await expect(page.getByText(m.backup.state.title)).toBeVisible()
      await look(page, 'backup')
    })

    await test.step('members, an invitation, a policy, joining', async () => {
      await page.goto(`${coffer.consoleUrl}/members`)
      await expect(page.getByText('Lin Yi')).toBeVisible()
      await look(page, 'members')

      const actions = page.getByRole('button', {
        name: m.members.actionsFor.replace('{name}', 'Lin Yi'),
      })
      await actions.click()
      await look(page, 'member-menu')
      await page.getByRole('menuitem', { name: m.members.changeRole }).click()
      await look(page, 'change-role')
      await page.keyboard.press('Escape')
      await actions.click()
      await page.getByRole('menuitem', { name: m.members.editPolicy }).click()
      await look(page, 'member-policy')
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: m.members.invite.action }).click()
      await page.getByLabel(m.members.invite.email).fill('yan@example.org')
      await look(page, 'invite')
      await page.getByRole('button', { name: m.members.invite.create }).click()
      const url = await page.getByLabel(m.members.invite.link).inputValue()
      await look(page, 'invited')
      await page.getByRole('button', { name: m.members.invite.done }).click()
      await expect(page.getByRole('cell', { name: 'yan@example.org', exact: true })).toBeVisible()
      await page.getByText(m.members.roles.raw).click()
      await page.getByText(m.members.roles.raw).scrollIntoViewIfNeeded()
      await look(page, 'roles')

      await loseSession(page)
      await page.goto(url)
      await expect(page.getByRole('button', { name: m.members.join.create })).toBeVisible()
      await look(page, 'join')
    })
  })
})
