import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../db/database.ts'
import { PASSWORD, testAccounts, testSealer } from './accounts.test-support.ts'
import type { SecretSealer } from './access-keys.ts'

let dataDir: string
let sealer: SecretSealer
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'coffer-accounts-'))
  sealer = testSealer()
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

async function start() {
  const database = await openDatabase({ dataDir })
  return { database, ...testAccounts(database.accounts, sealer) }
}

const signIn = { email: 'ADA@example.org', password: PASSWORD, remoteAddress: '192.0.2.1' }

test('from an empty data folder to a signed request, over a restart', async () => {
  const first = await start()
  const project = await first.accounts.ensureFirstProject({ name: 'Default project' })
  expect(await first.accounts.needsFirstAdministrator()).toBe(true)
  const token = await first.accounts.createWelcomeToken()
  expect(await first.accounts.isWelcomeToken(token)).toBe(true)
  expect(await first.accounts.isWelcomeToken('a'.repeat(43))).toBe(false)
  const person = { token, email: 'ada@example.org', name: 'Ada', password: PASSWORD }
  const session = await first.accounts.createFirstAdministrator(person)
  const { userId } = session
  const asked = { userId, projectId: project.projectId, description: 'laptop' }
  const key = await first.accounts.createAccessKey(asked)
  await first.database.close()

  const { accounts, database, time } = await start()
  expect(await accounts.ensureFirstProject({ name: 'Default project' })).toEqual(project)
  expect(await accounts.needsFirstAdministrator()).toBe(false)
  expect(await accounts.isWelcomeToken(token)).toBe(false)
  expect(await accounts.sessionUser(session.sessionId)).toMatchObject({
    userId,
    email: 'ada@example.org',
    name: 'Ada',
  })
  expect(await accounts.memberships(userId)).toEqual([{ project, role: 'owner' }])
  expect(await accounts.credentials(key.accessKeyId)).toMatchObject({
    secretAccessKey: key.secretAccessKey,
    caller: { userId, role: 'owner' },
  })
  expect(await accounts.listAccessKeys(userId, project.projectId)).toMatchObject([
    { accessKeyId: key.accessKeyId, state: 'Active' },
  ])
  const own = { userId, projectId: project.projectId, accessKeyId: key.accessKeyId }
  await accounts.setAccessKeyState(own, 'Inactive')
  expect(await accounts.credentials(key.accessKeyId)).toBeUndefined()
  await accounts.deleteAccessKey(own)
  expect(await accounts.listAccessKeys(userId, project.projectId)).toEqual([])

  const again = await accounts.signIn(signIn)
  await accounts.signOut(session.sessionId)
  expect(await accounts.sessionUser(session.sessionId)).toBeUndefined()
  time.now = again.expiresAt
  expect(await accounts.sessionUser(again.sessionId)).toBeUndefined()
  await expect(
    accounts.createFirstAdministrator({ ...person, email: 'eve@example.org' }),
  ).rejects.toMatchObject({ code: 'InvalidCredentials' })
  await database.close()
})

test('no password, session id, one-time link or secret key lies in the data folder', async () => {
  const { accounts, database } = await start()
  const project = await accounts.ensureFirstProject({ name: 'Default project' })
  const token = await accounts.createWelcomeToken()
  const unused = await accounts.createWelcomeToken()
  const session = await accounts.createFirstAdministrator({
    token,
    email: 'ada@example.org',
    name: 'Ada',
    password: PASSWORD,
  })
  const key = await accounts.createAccessKey({
    userId: session.userId,
    projectId: project.projectId,
    description: 'd',
  })
  await accounts.credentials(key.accessKeyId)
  const files = () => readdirSync(dataDir).map((name) => join(dataDir, name))
  const look = () =>
    files()
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, 'latin1'))
      .join('')
  const [whileOpen] = [look(), await database.close()]
  for (const bytes of [whileOpen, look()]) {
    expect(bytes).toContain('ada@example.org')
    for (const secret of [PASSWORD, session.sessionId, token, unused, key.secretAccessKey]) {
      expect(bytes.includes(secret)).toBe(false)
      expect(bytes.includes(Buffer.from(secret, 'base64url').toString('latin1'))).toBe(false)
    }
  }
})
