import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bucketName, expect, test } from '../fixtures.ts'
import { command } from './command.ts'

/** s3cmd, which TWCC's questions and answers recommend for moving much data. */
test('s3cmd: make a bucket, put, get and sync in each of its modes, info, modify, list, delete', async ({
  coffer,
  credentials,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-s3cmd-'))
  const { keyId } = await coffer.projectKey()
  const address = `127.0.0.1:${coffer.objectPort}`
  const s3cmd = command('COFFER_TEST_S3CMD', 's3cmd', folder, {})
  const settings = {
    access_key: credentials.accessKeyId,
    secret_key: credentials.secretAccessKey,
    host_base: address,
    host_bucket: address,
    use_https: 'False',
    bucket_location: 'us-east-1',
    multipart_chunk_size_mb: '5',
  }
  writeFileSync(
    join(folder, '.s3cfg'),
    `[default]\n${Object.entries(settings)
      .map((pair) => pair.join(' = '))
      .join('\n')}\n`,
  )
  const content = randomBytes(6 * 2 ** 20)
  mkdirSync(join(folder, 'in', '文件'), { recursive: true })
  writeFileSync(join(folder, 'in', 'large.bin'), content)
  writeFileSync(join(folder, 'in', '文件', 'a b+c.txt'), '數據')
  const bucket = `s3://${bucketName('s3cmd')}`
  await s3cmd('mb', bucket)
  const modes: [name: string, asked: string[], info: RegExp][] = [
    ['plain', [], /SSE:\s+none/],
    ['sse-s3', ['--server-side-encryption'], /SSE:\s+AES256/],
    ['sse-kms', ['--server-side-encryption', `--server-side-encryption-kms-id=${keyId}`], /SSE:\s+aws:kms/],
  ]
  for (const [name, asked, info] of modes)
    await test.step(name, async () => {
      await s3cmd('put', '--no-progress', ...asked, 'in/large.bin', `${bucket}/${name}/large.bin`)
      await s3cmd('get', '--no-progress', '--force', `${bucket}/${name}/large.bin`, 'out.bin')
      expect(readFileSync(join(folder, 'out.bin')).equals(content)).toBe(true)
      const told = await s3cmd('info', `${bucket}/${name}/large.bin`)
      expect(told).toMatch(info)
      expect(told).toMatch(/File size:\s+6291456/)
      await s3cmd('sync', '--no-progress', ...asked, 'in/', `${bucket}/${name}/`)
      await s3cmd('sync', '--no-progress', `${bucket}/${name}/`, `out-${name}/`)
      expect(readFileSync(join(folder, `out-${name}`, '文件', 'a b+c.txt'), 'utf8')).toBe('數據')
    })
  // in place: what was plain is encrypted by a copy onto itself
  await s3cmd('modify', '--server-side-encryption', `${bucket}/plain/文件/a b+c.txt`)
  expect(await s3cmd('info', `${bucket}/plain/文件/a b+c.txt`)).toMatch(/SSE:\s+AES256/)
  const listed = (await s3cmd('ls', '--recursive', bucket)).trim().split('\n')
  expect(listed.map((line) => line.split(`${bucket}/`)[1])).toEqual(
    ['plain', 'sse-kms', 'sse-s3'].flatMap((name) => [`${name}/large.bin`, `${name}/文件/a b+c.txt`]),
  )
  expect(await s3cmd('du', bucket)).toContain(String(3 * (content.length + 6)))
  await s3cmd('del', '--recursive', '--force', bucket)
  await s3cmd('rb', bucket)
  rmSync(folder, { recursive: true })
})
