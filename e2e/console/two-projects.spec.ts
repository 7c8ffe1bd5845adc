import type { Page } from '@playwright/test'
import type { Coffer } from '../coffer.ts'
import { bucketName, expect, personName, test } from '../fixtures.ts'
import { joinAs } from './members.ts'
import { carrySession, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages

test.use({ locale: 'en-US' })

/** A project beside the first, with a bucket in it. */
async function anotherProject(coffer: Coffer) {
  const name = personName('Optics')
  const made = await coffer.request('POST', '/api/projects', { name })
  const { projectId } = (await made.json()) as { projectId: string }
  const bucket = bucketName('optics')
  const encryption = { kind: 'none' }
  await coffer.request('POST', `/api/buckets?project=${projectId}`, { name: bucket, encryption })
  return { projectId, name, bucket }
}

const switchTo = async (page: Page, from: string, to: string): Promise<void> => {
  await page.getByRole('button', { name: m.shell.projectIs.replace('{name}', from) }).click()
  await page.getByRole('menuitemradio', { name: to }).click()
  await expect(projectOf(page, to)).toBeVisible()
}
const projectOf = (page: Page, name: string) =>
  page.getByRole('button', { name: m.shell.projectIs.replace('{name}', name) })

test('each window stays in its project, and an address leads everybody into the same one', async ({
  page,
  context,
  coffer,
}) => {
  const optics = await anotherProject(coffer)
  await carrySession(context, coffer)
  await page.goto(`${coffer.consoleUrl}/keys`)
  expect(page.url()).toBe(`${coffer.consoleUrl}/keys?project=${coffer.projectId}`)
  await expect(projectOf(page, 'Default project')).toBeVisible()

  const second = await context.newPage()
  await second.goto(`${coffer.consoleUrl}/buckets`)
  await switchTo(second, 'Default project', optics.name)
  await second.getByRole('link', { name: optics.bucket }).click()
  await expect(second.getByText(m.objects.emptyBucket)).toBeVisible()

  // The cookie says Optics now; the first window never left.
  await page.getByRole('link', { name: m.jobs.title }).click()
  await expect(page.getByRole('heading', { level: 1, name: m.jobs.title })).toBeVisible()
  await page.reload()
  await expect(projectOf(page, 'Default project')).toBeVisible()
  await expect(page.getByRole('link', { name: m.jobs.title })).toHaveAttribute(
    'href',
    new RegExp(`project=${coffer.projectId}$`),
  )

  await switchTo(page, 'Default project', optics.name)
  await switchTo(page, optics.name, 'Default project')
  // A link that somebody sent.
  await page.goto(second.url())
  await expect(projectOf(page, optics.name)).toBeVisible()
  await expect(page.getByText(m.objects.emptyBucket)).toBeVisible()
})

test('an address of a project that is not hers tells her nothing but that', async ({ browser, coffer }) => {
  const optics = await anotherProject(coffer)
  const context = await browser.newContext({ locale: 'en-US' })
  await carrySession(context, coffer, await joinAs(coffer, 'member', personName('Mei')))
  const page = await context.newPage()
  for (const projectId of [optics.projectId, '00000000-0000-4000-8000-000000000000']) {
    await page.goto(`${coffer.consoleUrl}/buckets/${optics.bucket}?project=${projectId}`)
    await expect(page.getByRole('heading', { level: 1, name: m.errors.NoSuchProject.title })).toBeVisible()
    await expect(page.getByText(optics.name)).toHaveCount(0)
  }
  await page.getByRole('button', { name: m.shell.projectIs.replace('{name}', m.shell.noProject) }).click()
  await page.getByRole('menuitemradio', { name: 'Default project' }).click()
  await expect(page.getByRole('heading', { level: 1, name: m.buckets.title })).toBeVisible()
  await context.close()
})
