import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startVaultPeer } from '../../lib/keys/providers/vault-peer.test-support.ts'
import { Coffer } from '../coffer.ts'
import { expect, s3Client, test } from '../fixtures.ts'
import { carrySession, expectAccessible, LANGUAGES } from './pages.ts'

const m = LANGUAGES.en.messages
const k = m.keys

test.use({ locale: 'en-US' })

test('a key is made in a key service; while that is away the console says so and everything else works', async ({
  page,
  context,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-vault-'))
  const vault = await startVaultPeer()
  writeFileSync(join(folder, 'token'), vault.token, { mode: 0o600 })
  const coffer = await Coffer.start({
    COFFER_KEY_SERVICES: 'head-office',
    COFFER_KEY_SERVICE_HEAD_OFFICE_TYPE: 'vault',
    COFFER_KEY_SERVICE_HEAD_OFFICE_ADDRESS: vault.address,
    COFFER_KEY_SERVICE_HEAD_OFFICE_TOKEN_FILE: join(folder, 'token'),
    COFFER_KEY_SERVICE_CACHE_SECONDS: '0',
  })
  try {
    await coffer.makeAdministrator()
    await carrySession(context, coffer)
    await page.goto(`${coffer.consoleUrl}/keys`)
    await page.getByRole('button', { name: k.create }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(k.alias).fill('far-away')
    await dialog.getByRole('radio', { name: 'head-office' }).click()
    await expect(dialog.getByRole('radio', { name: k.origins.EXTERNAL })).toHaveCount(0)
    await expectAccessible(page)
    await dialog.getByRole('button', { name: k.createAction }).click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText('far-away')
    await expect(page.getByText('head-office')).toBeVisible()
    const keyId = new URL(page.url()).pathname.split('/').at(-1)!
    expect([...vault.keys.keys()]).toEqual([`coffer-${keyId}`])

    const s3 = s3Client(coffer, await coffer.accessKey())
    await coffer.request('POST', `/api/buckets?project=${coffer.projectId}`, {
      name: 'vaulted',
      encryption: { kind: 'none' },
    })
    const put = (Key: string, sse: object) =>
      s3.send(new PutObjectCommand({ Bucket: 'vaulted', Key, Body: Key, ...sse }))
    const there = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyId } as const
    await put('theirs', there)
    await put('plain', {})
    vault.status = 503
    await expect(put('more', there)).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } })
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'vaulted', Key: 'plain' }))
    expect(await Body!.transformToString()).toBe('plain')
    s3.destroy()
    await page.reload()
    await expect(page.getByText(/“head-office” has not answered since/)).toBeVisible()
    await expectAccessible(page)
  } finally {
    await coffer.destroy()
    await vault.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
