import { bucketName, expect, test } from '../fixtures.ts'
import { inEachLanguage } from './look.ts'
import { carrySession } from './pages.ts'

const MIB = 2 ** 20

inEachLanguage('a slow upload', (_, m, look) => {
  test('says how much is sent of each file and of all, and how long the rest takes', async ({
    page,
    context,
    coffer,
  }) => {
    const bucket = bucketName('slow')
    const encryption = { kind: 'managed-key', suite: 'AES256' }
    await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, { name: bucket, encryption })
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/buckets/${bucket}`)
    await page.getByRole('button', { name: m.objects.upload }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('input[type=file]:not([webkitdirectory])').setInputFiles(
      ['spectrum-01.bin', 'spectrum-02.bin'].map((name) => ({
        name,
        mimeType: 'application/octet-stream',
        buffer: Buffer.alloc(20 * MIB),
      })),
    )
    const cdp = await context.newCDPSession(page)
    await cdp.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: MIB / 4,
    })
    await dialog.getByRole('button', { name: m.upload.start, exact: true }).click()
    const left = m.upload.left.split('{time}').find((words) => words.trim() !== '')!
    await expect(dialog.getByText(left)).toBeVisible()
    await expect(dialog.getByRole('listitem').getByText(/^[1-9]\d?%$/)).toHaveCount(2)
    await look(page, 'uploading')
    await dialog.getByRole('button', { name: m.upload.cancelAll }).click()
    await expect(dialog.getByText(m.upload.cancelled)).toBeVisible()
  })
})
