import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { Coffer } from '../coffer.ts'
import { expect, onceInEach, test } from '../fixtures.ts'
import { createBucket, createKey, mixedBucket } from './jobs.ts'
import { inEachLanguage } from './look.ts'
import { carrySession } from './pages.ts'

/** A project with a job in each of the states that look different. */
const prepared = onceInEach(async (coffer, s3) => {
  const { keyId } = await createKey(coffer, 'research')
  const bucket = await mixedBucket(coffer, s3, 'spring-campaign', keyId)
  const paced = await createBucket(coffer, 'archive')
  for (let run = 0; run < 60; run++)
    await s3.send(
      new PutObjectCommand({ Bucket: paced, Key: `run-${run}.csv`, Body: Buffer.alloc(50_000, run) }),
    )
  await coffer.request('POST', `/api/keys/${keyId}/rotation?project=${coffer.projectId}`)
  const toProject = { kind: 'managed-key', suite: 'AES256' }
  const ended = await planJob(coffer, { kind: 'filter', bucket, modes: ['none', 'customer-key'] }, toProject)
  await confirm(coffer, ended)
  await until(coffer, ended, 'Complete')
  const waiting = await planJob(coffer, { kind: 'filter', bucket }, { kind: 'none' })
  return { bucket, paced, keyId, jobs: { ended, waiting } }
})

/** A job that is still running when its picture is taken: one object a second, each picture a job of its own. */
async function runSlowly(coffer: Coffer, bucket: string, target: object): Promise<string> {
  const jobId = await planJob(coffer, { kind: 'filter', bucket }, target, {
    throttle: { objectsPerSecond: 1 },
  })
  await confirm(coffer, jobId)
  return jobId
}

const at = (coffer: Coffer, path = ''): string => `/api/jobs${path}?project=${coffer.projectId}`

async function planJob(
  coffer: Coffer,
  selection: object,
  target: object,
  more: object = {},
): Promise<string> {
  const response = await coffer.request('POST', at(coffer), { selection, target, ...more })
  const { jobId } = (await response.json()) as { jobId: string }
  await until(coffer, jobId, 'Suspended')
  return jobId
}

async function confirm(coffer: Coffer, jobId: string): Promise<void> {
  await coffer.request('POST', at(coffer, `/${jobId}/actions`), { action: 'confirm' })
}

async function until(coffer: Coffer, jobId: string, state: string): Promise<void> {
  await expect
    .poll(
      async () =>
        ((await (await coffer.request('GET', at(coffer, `/${jobId}`))).json()) as { state: string }).state,
      { timeout: 30_000 },
    )
    .toBe(state)
}

inEachLanguage('jobs', (language, m, look) => {
  const j = m.jobs

  test('the dialog, the list and the page of a job', async ({ page, context, coffer, s3 }) => {
    const { bucket, paced, keyId, jobs } = await prepared(coffer, s3)
    const kind = language === 'en' ? 'managed-key' : 'service-key'
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
    for (const row of [1, 2, 5]) await page.getByRole('checkbox').nth(row).click()
    await page.getByRole('button', { name: j.more }).click()
    await look(page, 'modify-menu')
    await page.getByRole('menuitem', { name: j.modify }).click()
    const dialog = page.getByRole('dialog')
    await look(page, 'modify-target')
    await dialog.getByRole('button', { name: j.makePlan, exact: true }).click()
    await expect(dialog.getByText(j.plan.rewrapped.label)).toBeVisible()
    await look(page, 'modify-plan')
    await dialog.getByRole('button', { name: m.common.close }).first().click()

    const running = await runSlowly(coffer, paced, { kind, suite: 'AES256' })
    await page.goto(`${coffer.consoleUrl}/jobs`)
    await expect(page.getByRole('row').nth(3).getByRole('link')).toBeVisible()
    await look(page, 'jobs')
    const open = async (jobId: string, state: string): Promise<void> => {
      await page.goto(`${coffer.consoleUrl}/jobs/${jobId}`)
      await expect(page.getByText(state, { exact: true }).first()).toBeVisible()
    }
    await open(running, j.states.Active)
    await look(page, 'job-running')
    await coffer.request('POST', at(coffer, `/${running}/actions`), { action: 'cancel' })
    await open(jobs.ended, j.states.Complete)
    await expect(page.getByRole('table', { name: j.results.title }).getByRole('row').nth(1)).toBeVisible()
    await look(page, 'job-failures')
    await open(jobs.waiting, j.states.Suspended)
    await look(page, 'job-plan')
    await page.goto(`${coffer.consoleUrl}/keys/${keyId}`)
    await expect(page.getByText(m.jobs.rewrap.text.replace('{version}', '2'))).toBeVisible({
      timeout: 30_000,
    })
    await look(page, 'key-rewrap')
  })
})
