import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { CreateKeyCommand, KMSClient, RotateKeyOnDemandCommand } from '@aws-sdk/client-kms'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Coffer, type Credentials } from '../coffer.ts'
import { expect, s3Client, test } from '../fixtures.ts'
import { modesOf, type customerKey, type Mode } from './modes.ts'

const PROJECT = join(import.meta.dirname, '..', '..')
const BUCKET = 'drill'
const MIB = 2 ** 20
const PASSPHRASE = 'five words nobody else knows'

interface Kept {
  key: string
  mode: Mode
  bytes: Buffer
}

let coffer: Coffer
let s3: S3Client
let kms: KMSClient
let credentials: Credentials
/** where a careful person keeps backups: not on the machine */
let safe: string
let passphraseFile: string
const kept: Kept[] = []

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  coffer = await Coffer.start()
  await coffer.makeAdministrator()
  credentials = await coffer.accessKey()
  s3 = s3Client(coffer, credentials)
  kms = new KMSClient({ endpoint: coffer.objectUrl, region: 'us-east-1', credentials })
  safe = mkdtempSync(join(tmpdir(), 'coffer-safe-'))
  passphraseFile = secretFile('passphrase', `${PASSPHRASE}\n`)
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
})
test.afterAll(async () => {
  await coffer.destroy()
  rmSync(safe, { recursive: true, force: true })
})

function secretFile(name: string, content: string | Buffer): string {
  const path = join(safe, name)
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

type Ran = { code: number; output: string }
const outputs: string[] = []

/** A command as `npm run` runs it, with the settings of `machine`. */
function run(command: string, machine: Machine, ...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [join('scripts', `${command}.mjs`), ...args], {
    cwd: PROJECT,
    env: {
      ...process.env,
      INIT_CWD: safe,
      COFFER_DATA_DIR: machine.dataDir,
      COFFER_ROOT_KEY_FILE: machine.rootKeyFile,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()))
  return new Promise((resolve) =>
    child.on('close', (code) => {
      outputs.push(output)
      resolve({ code: code ?? -1, output })
    }),
  )
}

interface Machine {
  dataDir: string
  rootKeyFile: string
}
const here = (): Machine => ({
  dataDir: coffer.dataDir,
  rootKeyFile: join(coffer.folder, 'keys', 'root.key'),
})

async function put(key: string, mode: Mode, bytes: Buffer): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: bytes, ...mode.write }))
  kept.push({ key, mode, bytes })
}

async function putInParts(key: string, mode: Mode, bytes: Buffer): Promise<void> {
  const at = { Bucket: BUCKET, Key: key }
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...at, ...mode.write }))
  const parts = []
  for (const [i, from] of [0, 5 * MIB].entries()) {
    const part = {
      ...at,
      UploadId,
      PartNumber: i + 1,
      Body: bytes.subarray(from, from + 5 * MIB),
      ...mode.read,
    }
    const { ETag } = await s3.send(new UploadPartCommand(part))
    parts.push({ PartNumber: i + 1, ETag })
  }
  await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: parts } }))
  kept.push({ key, mode, bytes })
}

/** Objects of every mode: small ones that lie in their rows, large ones in files, and one in parts. */
async function putEveryMode(purpose: string, modes: readonly Mode[]): Promise<void> {
  for (const mode of modes) {
    await put(`${purpose}/${mode.name}/empty`, mode, Buffer.alloc(0))
    await put(`${purpose}/${mode.name}/small`, mode, randomBytes(500))
    await put(`${purpose}/${mode.name}/large`, mode, randomBytes(200_000))
    await putInParts(`${purpose}/${mode.name}/parts`, mode, randomBytes(5 * MIB + 33))
  }
}

async function state(): Promise<{ state: string; keysNewerThanBackup: number; lastVerifiedAt?: number }> {
  const answer = (await (await coffer.request('GET', '/api/backup')).json()) as { backup: never }
  return answer.backup
}

test('objects of every mode under two versions of the project’s key, and under a key of one’s own', async () => {
  test.setTimeout(120_000)
  expect(await state()).toMatchObject({ state: 'never' })
  const projectKey = await coffer.projectKey()
  await putEveryMode('v1', modesOf(projectKey))
  await kms.send(new RotateKeyOnDemandCommand({ KeyId: projectKey.keyId }))
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'own' }))
  const own = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KeyMetadata!.KeyId }
  await putEveryMode('v2', [
    ...modesOf(projectKey).filter(({ name }) => name === 'SSE-KMS, context'),
    { name: 'own key', write: own, read: {}, shown: {} },
  ])
})

test('a backup beside a running server disturbs no writer', async () => {
  let writing = true
  let written = 0
  const writer = (async () => {
    const mode = modesOf(await coffer.projectKey()).find(({ name }) => name === 'SSE-KMS, default key')!
    while (writing) await put(`during/${++written}`, mode, randomBytes(300))
  })()
  const made = await run('kms-backup', here(), '--to', 'keys.backup', '--passphrase-file', passphraseFile)
  writing = false
  await writer
  expect(made).toMatchObject({ code: 0, output: expect.stringContaining('read them back') })
  expect(written).toBeGreaterThan(0)
  expect(await state()).toMatchObject({ state: 'unverified', keysNewerThanBackup: 0 })
})

test('a wrong passphrase, a changed bit, or a file that is not one prove nothing', async () => {
  const wrong = secretFile('wrong', 'five words somebody else knows')
  expect(await run('kms-verify-backup', here(), 'keys.backup', '--passphrase-file', wrong)).toMatchObject({
    code: 1,
    output: expect.stringContaining('does not open this backup'),
  })
  const whole = readFileSync(join(safe, 'keys.backup'))
  // the head, the wrapped sealing key, the ciphertext
  for (const at of [40, whole.indexOf('wrappedKey') + 40, whole.length - 100]) {
    const changed = Buffer.from(whole)
    changed[at] = changed[at] === 0x41 ? 0x42 : 0x41
    writeFileSync(join(safe, 'changed'), changed)
    const { code, output } = await run(
      'kms-verify-backup',
      here(),
      'changed',
      '--passphrase-file',
      passphraseFile,
    )
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringMatching(/changed|not whole/) })
  }
  chmodSync(wrong, 0o644)
  expect(await run('kms-verify-backup', here(), 'keys.backup', '--passphrase-file', wrong)).toMatchObject({
    code: 1,
    output: expect.stringContaining('open to other users'),
  })
  expect(await state()).toMatchObject({ state: 'unverified' })
})

test('verified, then stale when a key is newer', async () => {
  const verified = await run('kms-verify-backup', here(), 'keys.backup', '--passphrase-file', passphraseFile)
  expect(verified.output).toMatch(/Opened 3 key versions and [4-9] data keys of real objects/)
  expect(verified.output).toMatch(/\d+ objects are under their owners' own keys/)
  expect(verified.code).toBe(0)
  expect(await state()).toMatchObject({ state: 'verified', lastVerifiedAt: expect.any(Number) })
  await kms.send(new RotateKeyOnDemandCommand({ KeyId: (await coffer.projectKey()).keyId }))
  expect(await state()).toMatchObject({ state: 'stale', keysNewerThanBackup: 1 })
  const again = await run('kms-verify-backup', here(), 'keys.backup', '--passphrase-file', passphraseFile)
  expect(again).toMatchObject({ code: 0, output: expect.stringMatching(/Newer than the backup:\n.*\/3\n/) })
})

test('split three of five: any three sheets open it, two do not', async () => {
  const made = await run('kms-backup', here(), '--to', 'split.backup', '--shares', '3-of-5')
  expect(made).toMatchObject({ code: 0, output: expect.stringContaining('split.backup.share-5-of-5.txt') })
  const sheet = (i: number) => `split.backup.share-${i}-of-5.txt`
  expect(
    await run('kms-verify-backup', here(), 'split.backup', '--shares', sheet(4), sheet(1)),
  ).toMatchObject({
    code: 1,
    output: expect.stringContaining('3 different shares are needed, and 2 were given'),
  })
  expect(
    await run('kms-verify-backup', here(), 'split.backup', '--shares', sheet(4), sheet(1), sheet(2)),
  ).toMatchObject({ code: 0, output: expect.stringContaining('Verified.') })
  expect(await state()).toMatchObject({ state: 'verified', keysNewerThanBackup: 0 })
})

test('what the commands did stands in the audit log, whose chain still holds', async () => {
  const answer = await coffer.request('GET', `/api/audit?project=${coffer.projectId}&action=coffer:`)
  const { records } = (await answer.json()) as { records: { action: string; details: object }[] }
  const acts = records.map(({ action }) => action).reverse()
  expect(acts.filter((action) => action === 'coffer:BackupKeys')).toHaveLength(2)
  expect(acts.filter((action) => action === 'coffer:VerifyKeyBackup')).toHaveLength(3)
  expect(records.find(({ action }) => action === 'coffer:BackupKeys')!.details).toMatchObject({ shares: 5 })
  const { dataDir, rootKeyFile } = here()
  const proof = ['--database', dataDir, '--root-key', rootKeyFile]
  expect(await run('audit-verify', here(), ...proof)).toMatchObject({ code: 0 })
})

test('on an empty machine: database, blobs and backup give every object back', async () => {
  test.setTimeout(180_000)
  await coffer.stop()
  const machine = mkdtempSync(join(tmpdir(), 'coffer-empty-'))
  const there: Machine = { dataDir: join(machine, 'data'), rootKeyFile: join(machine, 'keys', 'root.key') }
  const env = { COFFER_DATA_DIR: there.dataDir, COFFER_ROOT_KEY_FILE: there.rootKeyFile }
  for (const copied of ['coffer.db', 'blobs'])
    cpSync(join(coffer.dataDir, copied), join(there.dataDir, copied), { recursive: true })
  rmSync(coffer.folder, { recursive: true })

  // The data alone is not enough, and does not start with a root made anew.
  await expect(Coffer.start(env)).rejects.toThrow(/is missing, but this data folder is encrypted/)
  const opening = ['--shares', ...[5, 3, 1].map((i) => `split.backup.share-${i}-of-5.txt`)]
  expect(await run('kms-restore', there, 'split.backup', ...opening)).toMatchObject({
    code: 0,
    output: expect.stringContaining('It is the root key of the database in the data folder'),
  })
  expect(await run('kms-restore', there, 'split.backup', ...opening)).toMatchObject({ code: 0 })

  const restored = await Coffer.start(env)
  try {
    const client = s3Client(restored, credentials)
    for (const { key, mode, bytes } of kept) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key, ...mode.read }))
      expect(bytes.equals(await Body!.transformToByteArray()), key).toBe(true)
    }
    expect(kept.length).toBeGreaterThan(40)
    client.destroy()
    await decryptOffline(there)
  } finally {
    await restored.destroy()
    rmSync(machine, { recursive: true, force: true })
  }
})

/** One object of each mode and shape, beside the running server, from rows, blobs and backup alone. */
async function decryptOffline(there: Machine): Promise<void> {
  const source = ['--database', join(there.dataDir, 'coffer.db'), '--blob-dir', join(there.dataDir, 'blobs')]
  const byPassphrase = ['--backup', 'keys.backup', '--passphrase-file', passphraseFile]
  const byShares = [
    '--backup',
    'split.backup',
    '--shares',
    ...[2, 3, 5].map((i) => `split.backup.share-${i}-of-5.txt`),
  ]
  const wanted = kept.filter(({ key }) =>
    /^v1\/(none|SSE-S3|SSE-C)\/(small|parts)$|^v2\/.*\/(small|large)$/.test(key),
  )
  expect(wanted.length).toBe(10)
  for (const [i, { key, mode, bytes }] of wanted.entries()) {
    const own = (mode.read as Partial<ReturnType<typeof customerKey>>).SSECustomerKey
    const customer = own === undefined ? [] : ['--customer-key-file', secretFile(`own-${i}`, own)]
    const opening = i === 0 ? byPassphrase : byShares
    const target = ['--bucket', BUCKET, '--key', key, '--to', `plain-${i}`]
    const { code, output } = await run('decrypt-object', there, ...source, ...opening, ...target, ...customer)
    expect({ code, output }, key).toMatchObject({
      code: 0,
      output: expect.stringContaining(`${bytes.length} bytes`),
    })
    expect(bytes.equals(readFileSync(join(safe, `plain-${i}`))), key).toBe(true)
  }
  const target = ['--bucket', BUCKET, '--key', 'v1/SSE-C/small', '--to', 'none']
  expect(await run('decrypt-object', there, ...source, ...byShares, ...target)).toMatchObject({ code: 1 })
  expect(existsSync(join(safe, 'none'))).toBe(false)
}

test('no command says a secret, and nothing secret lies beside the backups', () => {
  const said = outputs.join('\n') + coffer.log
  expect(outputs.length).toBeGreaterThan(15)
  expect(said).not.toContain(PASSPHRASE)
  for (const name of readdirSync(safe).filter((each) => /share-.*\.txt$/.test(each))) {
    const lines = readFileSync(join(safe, name), 'utf8').match(/^ {2}[1-5] .*$/gm) ?? []
    expect(lines).toHaveLength(5)
    for (const line of lines) expect(said).not.toContain(line.trim().slice(4, 23))
  }
})
