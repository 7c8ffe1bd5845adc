import { beforeEach, describe, expect, test } from 'vitest'
import type { ProjectRole } from '../store/model.ts'
import { codeOf, CONTEXT, onMemory, refusal, testKms } from './kms.test-support.ts'
import type { TestKms } from './kms.test-support.ts'
import type { GrantOperation, KeyRequest } from './operations.ts'

let kms: TestKms
let keyId: string
beforeEach(async () => {
  kms = await testKms(await onMemory())
  keyId = (await kms.newKey({ alias: 'alias/k' })).keyId
})

const user = (name: string) => `arn:aws:iam::${kms.account}:user/${name}`
const encryptRequest = (context: Record<string, string> = {}) => ({
  keyId,
  plaintext: Buffer.from('x'),
  context,
  grantTokens: [],
})
const encrypt = (role: ProjectRole, context?: Record<string, string>) =>
  kms.run('Encrypt', encryptRequest(context), kms.caller(role))
const decrypt = (ciphertext: Buffer, role: ProjectRole, context: Record<string, string> = {}) =>
  kms.run('Decrypt', { keyId: undefined, ciphertext, context, grantTokens: [] }, kms.caller(role))
const allowed = (work: Promise<unknown>) =>
  work.then(
    () => true,
    (e: { code: string }) => e.code,
  )

describe('roles', () => {
  test.each([
    ['owner', true, true, true],
    ['administrator', true, true, true],
    ['member', true, true, 'AccessDenied'],
    ['reader', 'AccessDenied', true, 'AccessDenied'],
    ['auditor', 'AccessDenied', 'AccessDenied', 'AccessDenied'],
  ] as const)(
    '%s: encrypts %s, decrypts %s, administers %s',
    async (role, mayEncrypt, mayDecrypt, mayChange) => {
      const { ciphertext } = await encrypt('owner')
      expect(await allowed(encrypt(role))).toBe(mayEncrypt)
      expect(await allowed(decrypt(ciphertext, role))).toBe(mayDecrypt)
      const by = kms.caller(role)
      expect(await allowed(kms.run('DescribeKey', { keyId, grantTokens: [] }, by))).toBe(true)
      const acts = [
        () => kms.run('DisableKey', { keyId }, by),
        () => kms.run('EnableKey', { keyId }, by),
        () => kms.run('RotateKeyOnDemand', { keyId }, by),
        () => kms.run('TagResource', { keyId, tags: [] }, by),
        () => kms.newKey().then(() => kms.run('CreateKey', { ...NEW, alias: undefined }, by)),
        () => kms.run('CreateAlias', { keyId, alias: `alias/by-${role}` }, by),
      ]
      for (const act of acts) expect(await allowed(act())).toBe(mayChange)
    },
  )

  test('a refusal names the layer and the rule', async () => {
    expect(await refusal(encrypt('auditor'))).toMatchObject({
      code: 'AccessDenied',
      message: 'Access Denied',
      facts: { layer: 'role', action: 'kms:Encrypt' },
    })
  })
})

const NEW: KeyRequest<'CreateKey'> = {
  spec: 'AES_256',
  origin: 'AWS_KMS',
  description: '',
  tags: [],
  policy: undefined,
  alias: undefined,
  provider: undefined,
}

describe('key policies', () => {
  const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements })
  const put = (text: string, bypassLockoutCheck = false) =>
    kms.run('PutKeyPolicy', { keyId, policy: text, bypassLockoutCheck })
  const account = () => ({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${kms.account}:root` },
    Action: 'kms:*',
    Resource: '*',
  })

  test('the default one leaves it to the roles, and may be put back as it was read', async () => {
    const text = await kms.run('GetKeyPolicy', { keyId })
    expect(JSON.parse(text)).toMatchObject({
      Statement: [{ Principal: { AWS: `arn:aws:iam::${kms.account}:root` } }],
    })
    await put(text)
    expect(await allowed(encrypt('member'))).toBe(true)
    expect(await kms.run('ListKeyPolicies', { keyId })).toEqual(['default'])
  })

  test('a denial beats every role, also an owner’s, and says which statement', async () => {
    await put(
      policy(account(), {
        Sid: 'NoSealing',
        Effect: 'Deny',
        Principal: '*',
        Action: 'kms:Encrypt',
        Resource: '*',
      }),
    )
    expect(await refusal(encrypt('owner'))).toMatchObject({
      code: 'AccessDenied',
      facts: { layer: 'key-policy', rule: 'NoSealing' },
    })
    const { ciphertext } = await kms.run('GenerateDataKey', {
      keyId,
      bytes: 16,
      context: {},
      grantTokens: [],
    })
    expect(await allowed(decrypt(ciphertext, 'reader'))).toBe(true)
  })

  test('conditions see the encryption context and the request', async () => {
    await put(
      policy(account(), {
        Sid: 'TeamA',
        Effect: 'Deny',
        Principal: '*',
        Action: 'kms:Encrypt',
        Resource: '*',
        Condition: { StringNotEquals: { 'kms:EncryptionContext:team': 'a' } },
      }),
    )
    expect(await allowed(encrypt('member', { team: 'a' }))).toBe(true)
    expect(await allowed(encrypt('member', { team: 'b' }))).toBe('AccessDenied')
    await put(
      policy(account(), {
        Sid: 'Inside',
        Effect: 'Deny',
        Principal: '*',
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
      }),
    )
    const { ciphertext } = await encrypt('owner')
    expect(await allowed(decrypt(ciphertext, 'member'))).toBe(true)
    const request = { keyId: undefined, ciphertext, context: {}, grantTokens: [] }
    const outside = { ...CONTEXT, remoteAddress: '203.0.113.9' }
    expect(await codeOf(kms.service.run('Decrypt', request, kms.caller('member'), outside))).toBe(
      'AccessDenied',
    )
  })

  test('one that would lock its author out is refused unless he insists', async () => {
    const nobody = policy({
      Effect: 'Allow',
      Principal: { AWS: user('somebody-else') },
      Action: 'kms:*',
      Resource: '*',
    })
    expect(await refusal(put(nobody))).toMatchObject({ code: 'MalformedPolicy', facts: { lockout: true } })
    expect(await codeOf(kms.newKey({ policy: nobody }))).toBe('MalformedPolicy')
    await put(nobody, true)
    expect(await allowed(encrypt('owner'))).toBe('AccessDenied')
    expect(await codeOf(put(policy(account())))).toBe('AccessDenied')
    const him = kms.caller('reader', { userId: 'somebody-else' })
    expect(await allowed(kms.run('Encrypt', encryptRequest(), him))).toBe(true)
  })

  test('what is no policy is refused', async () => {
    for (const text of ['', '{', '[]', '{}', policy({}), policy({ ...account(), Condition: { Foo: {} } })])
      expect(await codeOf(put(text))).toBe('MalformedPolicy')
  })
})

describe('grants', () => {
  const grant = (changes: Partial<KeyRequest<'CreateGrant'>> = {}) => ({
    keyId,
    name: undefined,
    granteePrincipal: user('the-auditor'),
    retiringPrincipal: undefined,
    operations: ['Encrypt'] as GrantOperation[],
    constraints: {},
    ...changes,
  })
  const list = async () =>
    (await kms.run('ListGrants', { keyId, grantId: undefined, limit: 100, marker: undefined })).items

  test('one gives an operation to one user, until it is revoked', async () => {
    expect(await allowed(encrypt('auditor'))).toBe('AccessDenied')
    const { grantId, grantToken } = await kms.run('CreateGrant', grant())
    expect(await allowed(encrypt('auditor'))).toBe(true)
    const { ciphertext } = await encrypt('owner')
    expect(await allowed(decrypt(ciphertext, 'auditor'))).toBe('AccessDenied')
    expect(await allowed(encrypt('reader'))).toBe('AccessDenied')
    expect(await list()).toMatchObject([
      { grantId, operations: ['Encrypt'], granteePrincipal: user('the-auditor') },
    ])
    expect(JSON.stringify([await list(), kms.audit.all])).not.toContain(grantToken)
    await kms.run('RevokeGrant', { keyId, grantId })
    expect(await allowed(encrypt('auditor'))).toBe('AccessDenied')
    expect(await codeOf(kms.run('RevokeGrant', { keyId, grantId }))).toBe('NoSuchGrant')
  })

  test('constraints hold it to an encryption context', async () => {
    await kms.run('CreateGrant', grant({ constraints: { encryptionContextSubset: { team: 'a' } } }))
    expect(await allowed(encrypt('auditor', { team: 'a', more: 'x' }))).toBe(true)
    expect(await allowed(encrypt('auditor', { team: 'b' }))).toBe('AccessDenied')
    expect(await allowed(encrypt('auditor'))).toBe('AccessDenied')
  })

  test('the same once more is the same grant; another name is another', async () => {
    const first = await kms.run('CreateGrant', grant({ name: 'a' }))
    const again = await kms.run('CreateGrant', grant({ name: 'a' }))
    expect(again.grantId).toBe(first.grantId)
    await kms.run('CreateGrant', grant({ name: 'b' }))
    await kms.run('CreateGrant', grant())
    await kms.run('CreateGrant', grant())
    expect(await list()).toHaveLength(4)
    await kms.run('RetireGrant', { grantToken: again.grantToken, keyId: undefined, grantId: undefined })
    expect(await list()).toHaveLength(3)
  })

  test('it is retired by whom it names, and by nobody else without the permission', async () => {
    const retiring = user('the-reader')
    const { grantId, grantToken } = await kms.run('CreateGrant', grant({ retiringPrincipal: retiring }))
    const retire = (role: ProjectRole, by: object) =>
      kms.run(
        'RetireGrant',
        { grantToken: undefined, keyId: undefined, grantId: undefined, ...by },
        kms.caller(role),
      )
    expect(await codeOf(retire('auditor', { grantToken }))).toBe('AccessDenied')
    expect(await codeOf(retire('member', { keyId, grantId }))).toBe('AccessDenied')
    expect(await codeOf(retire('reader', { grantToken: grantToken.replace(/^./, '_') }))).toBe(
      'InvalidGrantToken',
    )
    await retire('reader', { keyId, grantId })
    const own = await kms.run('CreateGrant', grant({ operations: ['Decrypt', 'RetireGrant'] }))
    await retire('auditor', { grantToken: own.grantToken })
    expect(await list()).toEqual([])
  })

  test('who may grant only by a grant gives no more than he has', async () => {
    await kms.run(
      'CreateGrant',
      grant({
        operations: ['CreateGrant', 'Encrypt'],
        constraints: { encryptionContextSubset: { team: 'a' } },
      }),
    )
    const give = (changes: Partial<KeyRequest<'CreateGrant'>>) =>
      kms.run('CreateGrant', grant({ granteePrincipal: user('a-friend'), ...changes }), kms.caller('auditor'))
    const team = { encryptionContextSubset: { team: 'a' } }
    expect(await codeOf(give({ operations: ['Decrypt'], constraints: team }))).toBe('AccessDenied')
    expect(await codeOf(give({ operations: ['Encrypt'] }))).toBe('AccessDenied')
    expect(
      await codeOf(
        give({ operations: ['Encrypt'], constraints: { encryptionContextSubset: { team: 'b' } } }),
      ),
    ).toBe('AccessDenied')
    await give({ operations: ['Encrypt'], constraints: { encryptionContextSubset: { team: 'a', x: 'y' } } })
    await give({ operations: ['Encrypt'], constraints: { encryptionContextEquals: { team: 'a' } } })
  })

  test('who is named, and what, must be somebody and something', async () => {
    const wrong = [
      { granteePrincipal: '*' },
      { granteePrincipal: `arn:aws:iam::${kms.account}:root` },
      { granteePrincipal: 'the-auditor' },
      { retiringPrincipal: 'x' },
      { operations: [] },
      { name: 'with space' },
    ]
    for (const changes of wrong)
      expect(await codeOf(kms.run('CreateGrant', grant(changes)))).toBe('InvalidArgument')
    const tokens = { ...encryptRequest(), grantTokens: ['not a token'] }
    expect(await codeOf(kms.run('Encrypt', tokens))).toBe('InvalidGrantToken')
  })
})

describe('the audit log', () => {
  test('hears of every run: who, what, which key and version, and how it ended', async () => {
    const { ciphertext } = await encrypt('member', { project: 'secret-project' })
    expect(kms.audit.recorded.at(-1)).toEqual({
      at: kms.time.now,
      projectId: kms.projectId,
      actor: { userId: 'the-member', accessKeyId: 'AKIAEXAMPLE', sourceAddress: '192.0.2.7' },
      action: 'kms:Encrypt',
      keyId,
      keyVersion: 1,
      bucket: undefined,
      objectKey: undefined,
      result: 'Success',
      requestId: 'request-1',
      details: { contextKeys: 'project' },
    })
    await codeOf(decrypt(ciphertext, 'auditor', { project: 'secret-project' }))
    expect(kms.audit.recorded.at(-1)).toMatchObject({ action: 'kms:Decrypt', keyId, result: 'AccessDenied' })
    await codeOf(decrypt(ciphertext, 'owner'))
    expect(kms.audit.recorded.at(-1)).toMatchObject({ keyVersion: 1, result: 'InvalidCiphertext' })
    await codeOf(kms.run('DisableKey', { keyId }, kms.caller('member')))
    expect(kms.audit.appended.at(-1)).toMatchObject({
      action: 'kms:DisableKey',
      keyId,
      result: 'AccessDenied',
    })
    await codeOf(kms.run('DisableKey', { keyId }, { kind: 'anonymous' }))
    expect(kms.audit.appended.at(-1)).toMatchObject({
      projectId: undefined,
      keyId: undefined,
      result: 'AccessDenied',
    })
    await kms.run('DisableKey', { keyId })
    expect(kms.audit.appended.at(-1)).toMatchObject({ action: 'kms:DisableKey', keyId, result: 'Success' })
  })

  test('holds no plaintext, no data key and no value of a context', async () => {
    const plaintext = Buffer.from('the-marker-plaintext')
    const context = { name: 'the-marker-context' }
    const { ciphertext } = await kms.run('Encrypt', { keyId, plaintext, context, grantTokens: [] })
    await codeOf(kms.run('Decrypt', { keyId: undefined, ciphertext, context: {}, grantTokens: [] }))
    const made = await kms.run('GenerateDataKey', { keyId, bytes: 32, context, grantTokens: [] })
    const random = await kms.run('GenerateRandom', { bytes: 32 })
    const said = JSON.stringify(kms.audit.all)
    const secrets = [plaintext, made.plaintext, random].flatMap((bytes) => [
      bytes.toString('hex'),
      bytes.toString('base64'),
    ])
    for (const secret of [...secrets, 'the-marker']) expect(said).not.toContain(secret)
  })

  test('an act whose event cannot be written is answered as failed', async () => {
    kms.audit.append = async () => {
      throw new Error('disk')
    }
    await expect(kms.run('DisableKey', { keyId })).rejects.toThrow('disk')
  })
})
