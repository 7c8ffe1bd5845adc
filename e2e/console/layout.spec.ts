import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { Page } from '@playwright/test'
import { bucketName, expect, onceInEach, test } from '../fixtures.ts'
import { createKey } from './jobs.ts'
import { loaded } from './look.ts'
import { joinAs } from './members.ts'
import { carrySession, LANGUAGES, type Language } from './pages.ts'

/** Wide and narrow, a laptop with its window bars, and the same at a zoom of 200 %. */
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1366, height: 768 },
  { width: 1024, height: 700 },
  { width: 768, height: 1024 },
  { width: 720, height: 450 },
  { width: 390, height: 844 },
]
/** px that a name has in any table, at least */
const NAME_WIDTH = 120

const FILE = 'spectra-of-the-spring-campaign.csv'
const DESCRIPTION = 'the backup of the lab'

/** Something on every page: files, a key with an alias, an access key, a member, an invitation, a finished job. */
const prepared = onceInEach(async (coffer, s3) => {
  const api = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
    (await (await coffer.request(method, `/api${path}?project=${coffer.projectId}`, body)).json()) as T
  const bucket = bucketName('layout-of-many-pages')
  const encryption = { kind: 'managed-key', suite: 'AES256' }
  await api('POST', '/buckets', { name: bucket, encryption })
  for (const Key of [FILE, 'protocol.pdf'])
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }))
  const { keyId } = await createKey(coffer, 'research-of-the-layout')
  await api('POST', `/keys/${keyId}/rotation`)
  await api('POST', '/access-keys', { description: DESCRIPTION })
  await joinAs(coffer, 'administrator', 'Grace Layout')
  await api('POST', '/members/invitations', { email: 'yan.layout@example.org', role: 'reader' })
  const selection = { kind: 'filter', bucket }
  const { jobId } = await api<{ jobId: string }>('POST', '/jobs', { selection, target: { kind: 'none' } })
  const state = async () => (await api<{ state: string }>('GET', `/jobs/${jobId}`)).state
  await expect.poll(state).toBe('Suspended')
  await api('POST', `/jobs/${jobId}/actions`, { action: 'confirm' })
  await expect.poll(state).toBe('Complete')
  return { bucket, keyId, jobId }
})

type Prepared = Awaited<ReturnType<typeof prepared>>

/** Every page, and in which cell of which table a name stands there. */
const pagesOf = ({ bucket, keyId, jobId }: Prepared): { path: string; names?: string[] }[] => [
  { path: '/buckets', names: [bucket] },
  { path: `/buckets/${bucket}`, names: [FILE] },
  { path: `/buckets/${bucket}/settings` },
  { path: `/buckets/${bucket}/object?key=${FILE}` },
  { path: '/keys', names: ['research-of-the-layout'] },
  { path: `/keys/${keyId}` },
  { path: `/keys/${keyId}?tab=access` },
  { path: `/keys/${keyId}?tab=usage` },
  { path: `/keys/${keyId}?tab=timeline` },
  { path: '/jobs', names: [bucket] },
  { path: `/jobs/${jobId}`, names: [FILE] },
  { path: '/access-keys', names: [DESCRIPTION] },
  { path: '/members', names: ['Grace Layout', 'yan.layout@example.org'] },
  { path: '/audit', names: ['kms:ListKeys'] },
  { path: '/integrity' },
  { path: '/backup' },
]

for (const language of Object.keys(LANGUAGES) as Language[])
  test.describe(`layout, ${language}`, () => {
    test.use({ locale: LANGUAGES[language].tag })

    test('every page fits every window: names are read, the end is reached, nothing slides sideways', async ({
      page,
      context,
      coffer,
      s3,
    }) => {
      const made = await prepared(coffer, s3)
      await carrySession(context, coffer)
      for (const { path, names = [] } of pagesOf(made))
        await test.step(path, async () => {
          await page.goto(coffer.consoleUrl + path)
          await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
          await loaded(page)
          for (const size of SIZES) {
            await page.setViewportSize(size)
            const at = `${path} at ${size.width} × ${size.height}`
            await expect.poll(() => misfits(page), at).toEqual([])
            for (const name of names) await expectReadable(page, name, at)
          }
        })
    })
  })

test('on a telephone: where one is, the first file and the buttons of one with a long name are in sight', async ({
  page,
  context,
  coffer,
  s3,
}) => {
  const m = LANGUAGES.en.messages
  const { bucket } = await prepared(coffer, s3)
  const long = `${'embryo-12h-'.repeat(22)}.tif`
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: long, Body: 'x' }))
  await carrySession(context, coffer)
  await page.setViewportSize({ width: 390, height: 844 })

  await page.goto(`${coffer.consoleUrl}/audit`)
  await expect(
    page.getByRole('navigation').getByRole('link', { name: m.audit.title, exact: true }),
  ).toBeInViewport({ ratio: 1 })

  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
  await expect(page.getByText(FILE)).toBeVisible()
  const search = await page.getByRole('searchbox', { name: m.objects.search }).boundingBox()
  const list = await page.getByRole('region', { name: m.objects.list }).boundingBox()
  expect(list!.y - search!.y, 'two rows of buttons').toBeLessThan(110)

  await page.goto(`${coffer.consoleUrl}/buckets/${bucket}/object?key=${long}`)
  const title = await page.getByRole('heading', { level: 1 }).boundingBox()
  expect(title?.height, 'two lines').toBeLessThan(70)
  await expect(page.getByRole('button', { name: m.objects.copyName })).toBeInViewport()
  await expect(page.getByRole('button', { name: m.objects.download })).toBeInViewport()
})

/** What is cut off where nobody can scroll to it, and what makes the page wider or longer than its window. */
function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement
    const found: string[] = []
    if (scrollWidth > innerWidth) found.push(`the document is ${scrollWidth} px wide`)
    if (scrollHeight > innerHeight) found.push(`the document is ${scrollHeight} px high`)
    const name = (element: Element) =>
      `${element.tagName} ${element.getAttribute('aria-labelledby') ?? element.className}`
    for (const element of document.querySelectorAll<HTMLElement>('main, main *')) {
      const { overflowX, overflowY, webkitLineClamp } = getComputedStyle(element)
      const wider = element.scrollWidth > element.clientWidth + 1
      const higher = element.scrollHeight > element.clientHeight + 1
      const forReadersOnly = element.clientWidth <= 1
      if (forReadersOnly || webkitLineClamp !== 'none' || !element.checkVisibility()) continue
      // one line that ends in … is cut off on purpose
      if (higher && overflowY === 'hidden' && !element.matches('.truncate'))
        found.push(`${name(element)}: ${element.scrollHeight} px high, of which ${element.clientHeight} show`)
      const isTime = element.matches('td') && element.querySelector(':scope > time') !== null
      if (wider && (isTime || element.matches('main, th')))
        found.push(`${name(element)} is ${element.scrollWidth} px wide`)
      // a matrix and a line of code may be wider than a telephone
      const scrolls = overflowX === 'auto' || overflowX === 'scroll'
      if (wider && scrolls && !element.closest('pre, [aria-labelledby=roles], [aria-labelledby=key-who]'))
        found.push(`${name(element)} scrolls sideways`)
    }
    for (const table of document.querySelectorAll<HTMLElement>('main table')) {
      const heads = [...table.querySelectorAll('thead th')].filter((head) => head.checkVisibility())
      const last = heads.at(-1)?.getBoundingClientRect().right
      if (last === undefined) continue
      const unused = table.getBoundingClientRect().right - last
      if (unused > 2) found.push(`${unused} px of a table belong to no column`)
    }
    for (const words of document.querySelectorAll('main th[scope=row], main section > header p'))
      if (words.checkVisibility() && words.clientWidth < 120)
        found.push(`“${words.textContent}” has ${words.clientWidth} px`)
    return found
  })
}

async function expectReadable(page: Page, name: string, at: string): Promise<void> {
  const cell = page.getByRole('table').getByRole('cell').filter({ hasText: name }).first()
  const box = await cell.boundingBox()
  expect(box?.width, `${name}, ${at}`).toBeGreaterThanOrEqual(NAME_WIDTH)
  const shown = await cell.getByText(name).first().boundingBox()
  expect(shown?.width, `${name}, ${at}`).toBeGreaterThan(60)
}
