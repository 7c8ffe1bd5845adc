import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Coffer, Credentials } from '../coffer.ts'
import { bucketName, expect, test } from '../fixtures.ts'

/**
 * Aliyun's SDK for Go, version 1, on which ossutil 1 is built: Debian's package of it, compiled here with the program in
 * go/oss/main.go, which does and checks everything itself and prints what answers said.
 */
const run = promisify(execFile)
const SOURCE = join(import.meta.dirname, 'go', 'oss')
const SSE = 'x-oss-server-side-encryption'

let folder = ''
let program = ''
test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-go-'))
  program = join(folder, 'oss')
  await run(process.env['COFFER_TEST_GO'] ?? 'go', ['build', '-o', program, '.'], {
    cwd: SOURCE,
    env: {
      ...process.env,
      // Debian's way: no modules, hence no network
      GO111MODULE: 'off',
      GOPATH: process.env['COFFER_TEST_GOPATH'] ?? '/usr/share/gocode',
      GOCACHE: join(folder, 'cache'),
    },
  })
})
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Words = Record<string, string>
type Findings = Record<
  'head' | 'copied' | 'changed' | 'parts' | 'grown' | 'link' | 'rules' | 'bucket' | 'refused',
  Words
>

async function walk({ objectUrl }: Coffer, { accessKeyId, secretAccessKey }: Credentials, method: string) {
  const env = {
    NODE_ENV: 'production' as const,
    OSS_ACCESS_KEY_ID: accessKeyId,
    OSS_ACCESS_KEY_SECRET: secretAccessKey,
    TMPDIR: folder,
  }
  const { stdout } = await run(program, [objectUrl, bucketName('go'), method], { env })
  return JSON.parse(stdout) as Findings
}

/** What an answer says of encryption. */
const said = (words: Words): Words =>
  Object.fromEntries(Object.entries(words).filter(([name]) => name.startsWith('x-oss-server-side-')))

test('objects whole, in parts, appended to and linked to, in every method; lists, rules and refusals', async ({
  coffer,
  credentials,
}) => {
  const { keyId } = await coffer.projectKey()
  const methods: Record<string, Words> = {
    '': {},
    AES256: { [SSE]: 'AES256' },
    SM4: { [SSE]: 'SM4' },
    KMS: { [SSE]: 'KMS', [`${SSE}-key-id`]: keyId },
  }
  for (const [method, words] of Object.entries(methods))
    await test.step(method || 'none', async () => {
      const { head, copied, changed, parts, grown, ...found } = await walk(coffer, credentials, method)
      expect([head, copied, parts, grown].map(said)).toEqual([words, words, words, words])
      expect(said(changed)).toEqual({ [SSE]: 'SM4' })
      const same = ['content-length', 'etag', 'content-md5', 'x-oss-hash-crc64ecma']
      for (const name of same) expect([copied[name], changed[name]]).toEqual([head[name], head[name]])
      expect(head).toMatchObject({
        'x-oss-meta-author': 'ada',
        'x-oss-meta-place': '台北',
        'x-oss-object-type': 'Normal',
        'x-oss-storage-class': 'Standard',
      })
      expect([copied['x-oss-meta-place'], changed['x-oss-meta-author']]).toEqual(['台北', 'eve'])
      expect(parts).toMatchObject({ 'content-length': '308434', 'x-oss-object-type': 'Multipart' })
      expect(grown).toMatchObject({
        'x-oss-object-type': 'Appendable',
        'x-oss-next-append-position': '73000',
      })
      expect(found.rules).toEqual({
        object: 'private',
        bucket: 'private',
        cors: '[https://app.example.org] [GET PUT] [*] [ETag] 60',
        lifecycle: 'old tmp/ Enabled 30',
      })
      const { location, ...bucket } = found.bucket
      expect(bucket).toMatchObject({ acl: 'private', aclOfInfo: 'private', storageClass: 'Standard' })
      expect(bucket['locationOfInfo']).toBe(location)
      expect(found.refused).toEqual({
        missing: '404 NoSuchKey',
        'no meta': 'oss: service returned without a response body (404 Not Found)',
        signature: '403 SignatureDoesNotMatch',
        public: '403 AccessDenied',
        algorithm: '400 InvalidEncryptionAlgorithmError',
        get: '400 InvalidArgument',
        bucket: '409 BucketNotEmpty',
      })
    })
})
