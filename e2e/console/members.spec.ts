import type { Page } from '@playwright/test'
import type { Coffer } from '../coffer.ts'
import { bucketName, expect, personName, test } from '../fixtures.ts'
import { carrySession, expectAccessible, LANGUAGES, loseSession, type Messages } from './pages.ts'

const m = LANGUAGES.en.messages
const PASSWORD = 'three lanterns by the lake'

test.use({ locale: 'en-US' })

let people = 0
/** An address nobody else in this run has. */
const address = (name: string): string => `${name}-${process.pid}-${++people}@example.org`

test('invited by a one-time link, she works as far as her role goes, and roles bite at once', async ({
  page,
  context,
  coffer,
  browser,
}) => {
  const bucket = bucketName('shared')
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
    name: bucket,
    encryption: { kind: 'managed-key', suite: 'AES256' },
  })
  await carrySession(context, coffer)
  const email = address('grace')
  const url = await invite(page, coffer, email, 'reader')

  const hers = await browser.newContext({ locale: 'en-US' })
  const grace = await hers.newPage()
  const name = personName('Grace Yeh')
  await acceptAsNewPerson(grace, url, name)

  // She may look, and is told why she may not write.
  await grace.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
  await uploadOne(grace, 'note.txt')
  await expect(grace.getByRole('alert').getByText(/s3:PutObject/)).toBeVisible()
  await expectAccessible(grace)

  await grace.goto(`${coffer.consoleUrl}/members`)
  await expect(grace.getByText(m.members.notYours.replace('{role}', m.members.roleIs.reader))).toBeVisible()
  await expect(grace.getByRole('button', { name: m.members.invite.action })).toHaveCount(0)
  await expect(grace.getByRole('button', { name: actionsFor('Ada Lin') })).toHaveCount(0)

  // The link was for one use.
  const other = await browser.newContext({ locale: 'en-US' })
  const mallory = await other.newPage()
  await mallory.goto(url)
  await expect(mallory.getByRole('heading', { name: m.members.join.invalidTitle })).toBeVisible()
  await expectAccessible(mallory)
  await other.close()

  await page.goto(`${coffer.consoleUrl}/members`)
  await memberMenu(page, name, m.members.changeRole)
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: m.shell.roles.member, exact: true }).click()
  await dialog.getByRole('button', { name: m.members.changeRole }).click()
  await expect(dialog).toHaveCount(0)

  await grace.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
  await uploadOne(grace, 'note.txt')
  await expect(grace.getByRole('dialog').getByText(m.upload.succeeded, { exact: true })).toBeVisible()

  await memberMenu(page, name, m.members.remove)
  await page.getByRole('alertdialog').getByRole('button', { name: m.members.removing.confirm }).click()
  await expect(row(page, name)).toHaveCount(0)
  await grace.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
  await expect(grace.getByText(m.shell.noProjectAdvice)).toBeVisible()
  await hers.close()
})

test('a policy takes away what the role allows; a slip in it is seen while typing', async ({
  page,
  context,
  coffer,
  browser,
}) => {
  await carrySession(context, coffer)
  const url = await invite(page, coffer, address('lin'), 'member')
  const theirs = await browser.newContext({ locale: 'en-US' })
  const lin = await theirs.newPage()
  const name = personName('Lin Yi')
  await acceptAsNewPerson(lin, url, name)

  await page.reload()
  await memberMenu(page, name, m.members.editPolicy)
  const dialog = page.getByRole('dialog')
  const text = dialog.getByLabel(m.members.policy.label)
  await text.fill('{\n  "Version": "2012-10-17"\n  "Statement": []\n}')
  await expect(dialog.getByText(/line 3/)).toBeVisible()
  await expect(dialog.getByRole('button', { name: m.common.save, exact: true })).toBeDisabled()
  await expectAccessible(page)
  // What only the server knows is told as well, with its place.
  await text.fill(policyDenying('s3:CreateBucket', { 'aws:Moonphase': 'full' }))
  await dialog.getByRole('button', { name: m.common.save, exact: true }).click()
  await expect(dialog.getByText(/Condition\.StringEquals/)).toBeVisible()
  await text.fill(policyDenying('s3:CreateBucket'))
  await dialog.getByRole('button', { name: m.common.save, exact: true }).click()
  await expect(dialog).toHaveCount(0)
  await expect(row(page, name).getByText(m.members.hasPolicy)).toBeVisible()

  await lin.goto(`${coffer.consoleUrl}/buckets`)
  await lin.getByRole('button', { name: m.buckets.create }).first().click()
  await lin.getByLabel(m.buckets.name).fill(bucketName('not-for-lin'))
  await lin.getByRole('dialog').getByRole('button', { name: m.buckets.createAction, exact: true }).click()
  await expect(lin.getByRole('alert').getByText(/NoBuckets/)).toBeVisible()
  await theirs.close()
})

test('somebody with an account joins a second project by signing in', async ({
  page,
  context,
  coffer,
  browser,
}) => {
  await carrySession(context, coffer)
  const email = address('mei')
  const first = await invite(page, coffer, email, 'auditor')
  const hers = await browser.newContext({ locale: 'en-US' })
  const mei = await hers.newPage()
  await acceptAsNewPerson(mei, first, personName('Mei Wu'))

  // A second project, made in the switcher by the administrator of this Coffer.
  const name = `Optics ${people}`
  await page.getByRole('button', { name: /Switch project/ }).click()
  await page.getByRole('menuitem', { name: m.members.project.new }).click()
  await page.getByLabel(m.members.project.name).fill(name)
  await page.getByRole('dialog').getByRole('button', { name: m.members.project.create }).click()
  await expect(page.getByRole('button', { name: new RegExp(name) })).toBeVisible()
  const second = await invite(page, coffer, email, 'administrator')

  await loseSession(mei)
  await mei.goto(second)
  await mei.getByRole('link', { name: m.members.join.signIn }).click()
  await mei.getByLabel(m.auth.email).fill(email)
  await mei.getByLabel(m.auth.password, { exact: true }).fill(PASSWORD)
  await mei.getByRole('button', { name: m.auth.signIn }).click()
  await mei.getByRole('button', { name: m.members.join.accept }).click()
  await expect(mei.getByRole('button', { name: new RegExp(name) })).toBeVisible()
  // An administrator of a project makes none himself.
  await mei.getByRole('button', { name: new RegExp(name) }).click()
  await expect(mei.getByRole('menuitemradio', { name: /Default project/ })).toBeVisible()
  await expect(mei.getByRole('menuitem', { name: m.members.project.new })).toHaveCount(0)
  await hers.close()
})

test('who opens the link as somebody else is told so', async ({ page, context, coffer }) => {
  await carrySession(context, coffer)
  const email = address('yan')
  const url = await invite(page, coffer, email, 'member')
  await page.goto(url)
  await expect(page.getByText(email)).toBeVisible()
  await expect(page.getByRole('button', { name: m.members.join.signOut })).toBeVisible()
  await page.goto(`${coffer.consoleUrl}/members`)
  await page.getByRole('button', { name: m.members.pending.revokeOf.replace('{email}', email) }).click()
  await expect(page.getByRole('cell', { name: email, exact: true })).toHaveCount(0)
  await page.goto(url)
  await expect(page.getByRole('heading', { name: m.members.join.invalidTitle })).toBeVisible()
})

test('the last owner cannot leave', async ({ page, context, coffer }) => {
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/members`)
  await memberMenu(page, 'Ada Lin', m.members.leave)
  await page.getByRole('alertdialog').getByRole('button', { name: m.members.leaving.confirm }).click()
  await expect(page.getByText(m.errors.LastOwner.title)).toBeVisible()
})

/** Through the page, as an owner does it. @returns the one-time link */
async function invite(
  page: Page,
  coffer: Coffer,
  email: string,
  role: keyof Messages['shell']['roles'],
): Promise<string> {
  await page.goto(`${coffer.consoleUrl}/members`)
  await page.getByRole('button', { name: m.members.invite.action }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(m.members.invite.email).fill(email)
  await dialog.getByRole('radio', { name: m.shell.roles[role], exact: true }).click()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: m.members.invite.create }).click()
  const url = await dialog.getByLabel(m.members.invite.link).inputValue()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: m.members.invite.done }).click()
  await expect(page.getByRole('cell', { name: email, exact: true })).toBeVisible()
  return url
}

async function acceptAsNewPerson(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url)
  await expect(page.getByRole('button', { name: m.members.join.create })).toBeVisible()
  await expectAccessible(page)
  await page.getByLabel(m.auth.name).fill(name)
  await page.getByLabel(m.auth.password, { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: m.members.join.create }).click()
  await expect(page.getByRole('heading', { level: 1, name: m.buckets.title })).toBeVisible()
}

async function uploadOne(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: m.objects.upload }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog
    .locator('input[type=file]:not([webkitdirectory])')
    .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('measured') })
  await dialog.getByRole('button', { name: m.upload.start, exact: true }).click()
}

function row(page: Page, name: string) {
  return page.getByRole('row').filter({ hasText: name })
}

const actionsFor = (name: string): string => m.members.actionsFor.replace('{name}', name)

async function memberMenu(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: actionsFor(name) }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

function policyDenying(action: string, condition?: Record<string, string>): string {
  const statement = { Sid: 'NoBuckets', Effect: 'Deny', Action: action, Resource: '*' }
  const more = condition && { Condition: { StringEquals: condition } }
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, ...more }] }, undefined, 2)
}
