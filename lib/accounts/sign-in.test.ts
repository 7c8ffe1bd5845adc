import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { PASSWORD, settledAccounts, testAccounts } from './accounts.test-support.ts'

const HERE = '192.0.2.1'

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => (error as { code: string }).code,
  )
}

describe('the first administrator', () => {
  test('becomes owner of the first project and is signed in', async () => {
    const { accounts, session, project } = await settledAccounts()
    expect(await accounts.needsFirstAdministrator()).toBe(false)
    expect(await accounts.sessionUser(session.sessionId)).toMatchObject({
      email: 'ada@example.org',
      isAdministrator: true,
    })
    expect(await accounts.memberships(session.userId)).toEqual([{ project, role: 'owner' }])
  })

  test('needs a link that was issued, is fresh, and was not used', async () => {
    const { accounts, time } = testAccounts()
    const form = { email: 'a@b.c', name: 'A', password: PASSWORD }
    expect(await codeOf(accounts.createFirstAdministrator({ ...form, token: 'x' }))).toBe(
      'InvalidCredentials',
    )
    expect(await codeOf(accounts.createFirstAdministrator({ ...form, token: 'A'.repeat(43) }))).toBe(
      'InvalidCredentials',
    )
    const late = await accounts.createWelcomeToken()
    time.now += 24 * 3_600_000 + 1
    expect(await codeOf(accounts.createFirstAdministrator({ ...form, token: late }))).toBe(
      'InvalidCredentials',
    )
    const token = await accounts.createWelcomeToken()
    await accounts.createFirstAdministrator({ ...form, token })
    expect(await codeOf(accounts.createFirstAdministrator({ ...form, email: 'd@e.f', token }))).toBe(
      'InvalidCredentials',
    )
  })

  test('mistakes in the form do not use the link up', async () => {
    const { accounts } = testAccounts()
    const token = await accounts.createWelcomeToken()
    const form = { token, email: 'a@b.c', name: 'A', password: PASSWORD }
    expect(await codeOf(accounts.createFirstAdministrator({ ...form, password: 'eleven char' }))).toBe(
      'InvalidArgument',
    )
    expect(await codeOf(accounts.createFirstAdministrator({ ...form, password: '𝒂'.repeat(11) }))).toBe(
      'InvalidArgument',
    )
    expect(await codeOf(accounts.createFirstAdministrator({ ...form, password: 'x'.repeat(1025) }))).toBe(
      'InvalidArgument',
    )
    expect(await codeOf(accounts.createFirstAdministrator({ ...form, email: 'nobody' }))).toBe(
      'InvalidArgument',
    )
    expect(await codeOf(accounts.createFirstAdministrator({ ...form, name: ' ' }))).toBe('InvalidArgument')
    expect(await codeOf(accounts.createFirstAdministrator(form))).toBeUndefined()
  })

  test('two links opened together make one administrator', async () => {
    const { accounts, repository } = testAccounts()
    const tokens = [await accounts.createWelcomeToken(), await accounts.createWelcomeToken()]
    const codes = await Promise.all(
      tokens.map((token, i) =>
        codeOf(
          accounts.createFirstAdministrator({ token, email: `${i}@b.c`, name: 'A', password: PASSWORD }),
        ),
      ),
    )
    expect(codes).toEqual([undefined, 'InvalidCredentials'])
    expect(repository.users.size).toBe(1)
  })

  test('is made owner at sign-in when a crash came in between', async () => {
    const { accounts, repository, userId, project } = await settledAccounts()
    repository.members.length = 0
    await accounts.signIn({ email: 'ada@example.org', password: PASSWORD, remoteAddress: HERE })
    expect(await accounts.memberships(userId)).toEqual([{ project, role: 'owner' }])
  })
})

describe('signing in', () => {
  test('accepts the same characters typed another way, and no other password', async () => {
    const { accounts } = testAccounts()
    const token = await accounts.createWelcomeToken()
    await accounts.createFirstAdministrator({ token, email: 'a@b.c', name: 'A', password: 'Ångström ﬁles' })
    await accounts.signIn({ email: ' A@B.C ', password: 'A\u030angstro\u0308m files', remoteAddress: HERE })
    const wrong = accounts.signIn({ email: 'a@b.c', password: 'Angstrom files', remoteAddress: HERE })
    expect(await codeOf(wrong)).toBe('InvalidCredentials')
  })

  test('takes a long password that shrinks when it is normalised', async () => {
    const { accounts } = testAccounts()
    const password = 'A\u030a'.repeat(600)
    const token = await accounts.createWelcomeToken()
    await accounts.createFirstAdministrator({ token, email: 'a@b.c', name: 'A', password })
    await accounts.signIn({ email: 'a@b.c', password, remoteAddress: HERE })
    await accounts.signIn({ email: 'a@b.c', password: 'Å'.repeat(600), remoteAddress: HERE })
  })

  test('answers an unknown e-mail, a wrong password and an overlong one alike', async () => {
    const { accounts } = await settledAccounts()
    const errors = await Promise.all(
      [
        { email: 'nobody@example.org', password: PASSWORD },
        { email: 'ada@example.org', password: 'wrong password' },
        { email: 'ada@example.org', password: PASSWORD.repeat(1000) },
        { email: 'x'.repeat(100_000), password: PASSWORD },
        { email: '', password: '' },
      ].map((form) =>
        accounts
          .signIn({ ...form, remoteAddress: HERE })
          .catch((error: unknown) => ({ ...(error as object), text: String(error) })),
      ),
    )
    expect(new Set(errors.map((error) => JSON.stringify(error))).size).toBe(1)
    expect(errors[0]).toMatchObject({ code: 'InvalidCredentials' })
  })

  test('keeps argon2id of the password and only a hash of the session id', async () => {
    const { repository, session } = await settledAccounts()
    const [user] = repository.users.values()
    expect(user!.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect([...repository.sessions.keys()]).toEqual([
      createHash('sha256').update(session.sessionId).digest('hex'),
    ])
  })

  test('gives a new id each time, valid until it ends or is ended', async () => {
    const { accounts, session, time } = await settledAccounts()
    const again = await accounts.signIn({ email: 'ada@example.org', password: PASSWORD, remoteAddress: HERE })
    expect(again.sessionId).not.toBe(session.sessionId)
    expect(again.sessionId).toMatch(/^[A-Za-z0-9_-]{43}$/)
    await accounts.signOut(session.sessionId)
    expect(await accounts.sessionUser(session.sessionId)).toBeUndefined()
    time.now = again.expiresAt - 1
    expect(await accounts.sessionUser(again.sessionId)).toBeDefined()
    time.now = again.expiresAt
    expect(await accounts.sessionUser(again.sessionId)).toBeUndefined()
  })

  test('sweeps sessions that ended', async () => {
    const { accounts, repository, time } = await settledAccounts()
    time.now += 13 * 3_600_000
    await accounts.signIn({ email: 'ada@example.org', password: PASSWORD, remoteAddress: HERE })
    expect(repository.sessions.size).toBe(1)
  })

  test.each(['', 'x', 'A'.repeat(43), '../'.repeat(15)])(
    'a session id nobody was given opens nothing: %j',
    async (id) => {
      const { accounts } = await settledAccounts()
      expect(await accounts.sessionUser(id)).toBeUndefined()
      await accounts.signOut(id)
    },
  )
})

describe('guessing', () => {
  const guess = (email: string, address: string) => ({
    email,
    password: 'wrong password',
    remoteAddress: address,
  })

  test('is slowed down for an e-mail from anywhere, the same whether somebody has it', async () => {
    const { accounts, time } = await settledAccounts()
    for (const email of ['ada@example.org', 'nobody@example.org']) {
      const codes: (string | undefined)[] = []
      for (let i = 0; i < 7; i++) codes.push(await codeOf(accounts.signIn(guess(email, `198.51.100.${i}`))))
      expect(codes).toEqual([...Array<string>(6).fill('InvalidCredentials'), 'TooManyAttempts'])
    }
    const right = { email: 'ada@example.org', password: PASSWORD, remoteAddress: HERE }
    await expect(accounts.signIn(right)).rejects.toMatchObject({
      code: 'TooManyAttempts',
      facts: { retryAfterSeconds: 1 },
    })
    time.now += 1000
    expect(await codeOf(accounts.signIn(guess('ada@example.org', HERE)))).toBe('InvalidCredentials')
    await expect(accounts.signIn(right)).rejects.toMatchObject({ facts: { retryAfterSeconds: 2 } })
    time.now += 2000
    expect(await codeOf(accounts.signIn(right))).toBeUndefined()
    expect(await codeOf(accounts.signIn(guess('ada@example.org', HERE)))).toBe('InvalidCredentials')
  })

  test('is slowed down for an address, whatever e-mails it tries, and own sign-ins do not pay for it', async () => {
    const { accounts, time } = await settledAccounts()
    for (let i = 0; i < 21; i++) await codeOf(accounts.signIn(guess(`u${i}@example.org`, '2001:db8::1')))
    const own = { email: 'ada@example.org', password: PASSWORD, remoteAddress: '2001:db8:0:0:ffff::2' }
    expect(await codeOf(accounts.signIn(own))).toBe('TooManyAttempts')
    time.now += 1000
    expect(await codeOf(accounts.signIn(own))).toBeUndefined()
    expect(await codeOf(accounts.signIn(guess('z@example.org', '2001:db8::3')))).toBe('InvalidCredentials')
    await expect(accounts.signIn(guess('y@example.org', '2001:db8::4'))).rejects.toMatchObject({
      facts: { retryAfterSeconds: 2 },
    })
  })

  test('in parallel does not pass under the first delay', async () => {
    const { accounts } = await settledAccounts()
    const guesses = Array.from({ length: 50 }, (_, i) =>
      codeOf(accounts.signIn(guess('ada@example.org', `198.51.100.${i}`))),
    )
    const codes = await Promise.all(guesses)
    expect(codes.filter((code) => code === 'InvalidCredentials')).toHaveLength(6)
  })

  test('an attempt the database failed to judge costs nothing', async () => {
    const { accounts, repository } = await settledAccounts()
    const find = repository.findUserByEmail
    repository.findUserByEmail = () => Promise.reject(new Error('database away'))
    for (let i = 0; i < 30; i++) await codeOf(accounts.signIn(guess('ada@example.org', HERE)))
    repository.findUserByEmail = find
    expect(
      await codeOf(accounts.signIn({ email: 'ada@example.org', password: PASSWORD, remoteAddress: HERE })),
    ).toBeUndefined()
  })
})
