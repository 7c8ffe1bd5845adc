import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Coffer } from '../coffer.ts'
import { bucketName, expect, onceInEach, test } from '../fixtures.ts'
import { inEachLanguage } from './look.ts'
import { joinAs } from './members.ts'
import { carrySession } from './pages.ts'

/** A project in which every page of a key has something to show. */
const prepared = onceInEach(async (coffer, s3) => {
  const api = (method: string, path: string, body?: unknown): Promise<Response> =>
    coffer.request(method, `/api/keys${path}?project=${coffer.projectId}`, body)
  const create = async (alias: string, more: object = {}): Promise<string> => {
    const key = { alias, description: '', spec: 'AES_256', origin: 'AWS_KMS', ...more }
    return ((await (await api('POST', '', key)).json()) as { keyId: string }).keyId
  }
  const genomics = await create('research/genomics', {
    description: 'Sequencing of the spring campaign',
    rotationDays: 180,
  })
  await api('PUT', `/${genomics}/tags`, {
    tags: [
      { key: 'cost-centre', value: 'BIO-214' },
      { key: 'steward', value: 'ada@example.org' },
    ],
  })
  await fill(coffer, s3, genomics, 'genomics', 14)
  await api('POST', `/${genomics}/rotation`)
  await fill(coffer, s3, genomics, 'genomics-archive', 5)
  const imported = await create('hospital/patients', { spec: 'SM4', origin: 'EXTERNAL' })
  const retired = await create('retired-2025')
  await api('POST', `/${retired}/deletion`, { pendingWindowDays: 14 })
  const paused = await create('guest/optics', { spec: 'SM4' })
  await api('PATCH', `/${paused}`, { enabled: false })
  for (const [name, role] of [
    ['Lin Mei', 'administrator'],
    ['Noah Berg', 'member'],
    ['Rita Chen', 'reader'],
  ] as const)
    await joinAs(coffer, role, name)
  return { genomics, imported }
})

async function fill(
  coffer: Coffer,
  s3: S3Client,
  keyRef: string,
  purpose: string,
  files: number,
): Promise<void> {
  const name = bucketName(purpose)
  const encryption = { kind: 'managed-key', suite: 'AES256', keyRef }
  await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, { name, encryption })
  for (let file = 0; file < files; file++)
    await s3.send(
      new PutObjectCommand({
        Bucket: name,
        Key: `run-${file}.fastq`,
        Body: Buffer.alloc(40_000 * (file + 1)),
      }),
    )
}

inEachLanguage('keys', (_, m, look) => {
  const k = m.keys

  test('the list, a new key, and one key page by page', async ({ page, context, coffer, s3 }) => {
    const { genomics, imported } = await prepared(coffer, s3)
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/keys`)
    await expect(page.getByRole('link', { name: 'research/genomics' })).toBeVisible()
    await look(page, 'keys')
    await page.getByRole('button', { name: k.create }).first().click()
    await page.getByRole('dialog').getByLabel(k.alias).fill('research/microscopy')
    await look(page, 'create-key')

    const open = (keyId: string, tab = ''): Promise<unknown> =>
      page.goto(`${coffer.consoleUrl}/keys/${keyId}${tab && `?tab=${tab}`}`)
    await open(genomics)
    await expect(page.getByRole('heading', { name: k.radius.title })).toBeVisible()
    await look(page, 'key')
    await page.getByRole('button', { name: k.actions.menu, exact: true }).click()
    await page.getByRole('menuitem', { name: k.actions.disable.name }).click()
    await look(page, 'key-disable')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: k.actions.menu, exact: true }).click()
    await page.getByRole('menuitem', { name: k.actions.scheduleDeletion.name }).click()
    await page.getByRole('alertdialog').getByRole('checkbox').click()
    await look(page, 'key-delete')
    await open(genomics, 'access')
    await expect(page.getByRole('cell', { name: /Rita Chen/ })).toBeVisible()
    await look(page, 'key-access')
    await open(genomics, 'usage')
    await expect(page.getByRole('img', { name: k.usage.chart.replace('{days}', '30') })).toBeVisible()
    await look(page, 'key-usage')
    await open(genomics, 'timeline')
    await expect(page.getByText(k.timeline.versions.ON_DEMAND.replace('{version}', '2'))).toBeVisible()
    await look(page, 'key-timeline')
    await open(imported)
    await page.getByRole('button', { name: k.actions.import.name }).first().click()
    await page.getByRole('button', { name: k.import.get }).click()
    await expect(page.getByRole('button', { name: k.import.saveToken })).toBeVisible()
    await look(page, 'key-import')
  })
})
