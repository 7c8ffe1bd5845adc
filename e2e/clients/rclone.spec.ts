import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { bucketName, expect, test } from '../fixtures.ts'
import { command } from './command.ts'

/**
 * rclone. What it calls Alibaba and TencentCOS is S3 as well (SigV4), but by names of hosts that only a name server
 * has; and without TLS it sends no customer’s key.
 */
let folder = ''
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-rclone-'))
})
test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

const names = ['notes.txt', 'a b+c &%.bin', '文件/數據.bin', 'empty']

test('a folder goes up, comes back and is kept in step, in every mode', async ({
  coffer,
  credentials,
  s3,
}) => {
  const { keyId, arn } = await coffer.projectKey()
  const modes: [
    provider: string,
    settings: Record<string, string>,
    shown: Record<string, string> | undefined,
  ][] = [
    ['Other', {}, undefined],
    // what TWCC's store is
    ['Ceph', { SERVER_SIDE_ENCRYPTION: 'AES256' }, { ServerSideEncryption: 'AES256' }],
    [
      'Other',
      { SERVER_SIDE_ENCRYPTION: 'aws:kms', SSE_KMS_KEY_ID: keyId },
      { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: arn },
    ],
  ]
  mkdirSync(join(folder, 'in', '文件'), { recursive: true })
  for (const [index, name] of names.entries())
    writeFileSync(join(folder, 'in', name), randomBytes(name === 'empty' ? 0 : 100_000 * (index + 1)))
  for (const [index, [provider, settings, shown]] of modes.entries())
    await test.step(`${provider} ${JSON.stringify(Object.keys(settings))}`, async () => {
      const bucket = bucketName('rclone')
      const remote = `RCLONE_CONFIG_COFFER_`
      const rclone = command('COFFER_TEST_RCLONE', 'rclone', folder, {
        RCLONE_CONFIG: join(folder, 'none.conf'),
        RCLONE_RETRIES: '1',
        [`${remote}TYPE`]: 's3',
        [`${remote}PROVIDER`]: provider,
        [`${remote}ENDPOINT`]: coffer.objectUrl,
        [`${remote}REGION`]: 'us-east-1',
        [`${remote}FORCE_PATH_STYLE`]: 'true',
        [`${remote}ACCESS_KEY_ID`]: credentials.accessKeyId,
        [`${remote}SECRET_ACCESS_KEY`]: credentials.secretAccessKey,
        // the largest of the files goes up in parts
        [`${remote}UPLOAD_CUTOFF`]: '250k',
        [`${remote}CHUNK_SIZE`]: '5M',
        ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [remote + name, value])),
      })
      const target = `coffer:${bucket}/dir`
      await rclone('mkdir', `coffer:${bucket}`)
      await rclone('copy', 'in', target)
      await rclone('copy', target, `out${index}`)
      for (const name of names)
        expect(
          readFileSync(join(folder, `out${index}`, name)).equals(readFileSync(join(folder, 'in', name))),
        ).toBe(true)
      await rclone('check', '--download', 'in', target)
      const listed = JSON.parse(await rclone('lsjson', '-R', '--files-only', target)) as { Path: string }[]
      expect(listed.map(({ Path }) => Path).sort()).toEqual([...names].sort())
      const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'dir/notes.txt' }))
      if (shown) expect(head).toMatchObject(shown)
      else expect(head.ServerSideEncryption).toBeUndefined()
      // a move on the server, a file less, and the remote is brought in step again
      await rclone('moveto', `${target}/notes.txt`, `${target}/moved.txt`)
      await rclone('sync', 'in', target)
      expect(await rclone('lsf', '-R', '--files-only', target)).not.toContain('moved')
      await rclone('purge', `coffer:${bucket}/dir`)
      await rclone('rmdir', `coffer:${bucket}`)
    })
})
