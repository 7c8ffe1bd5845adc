import { describe, expect, it } from 'vitest'
import { StoreError, type ErrorCode } from '../../errors.ts'
import type { KeyMetadata, KeyOperationName, KeyResult, KeyService } from '../../kms/operations.ts'
import type { Store } from '../../store/operations.ts'
import type { KeyOperation } from '../dialect.ts'
import { createServe, type FailureLine } from '../serve.ts'
import { accounts, NOW, signed, type SignOptions } from '../testing/sign.ts'
import { parseOperation, spokenNames } from './operations.ts'
import type { SpokenName } from './spelling.ts'

const ID = '3f2c7a10-5d9e-4b1c-8f3a-2b6d9c0e4a71'
const ARN = `arn:aws:kms:us-east-1:111122223333:key/${ID}`
const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
const SECONDS = 1767323045.678

const key: KeyMetadata = {
  keyId: ID,
  arn: ARN,
  account: '111122223333',
  projectId: 'project-1',
  aliases: ['alias/reports'],
  spec: 'AES_256',
  state: 'Enabled',
  origin: 'AWS_KMS',
  isDefault: false,
  description: '鑰匙',
  region: 'us-east-1',
  currentVersion: 1,
  createdAt: AT,
  deletionAt: undefined,
  validTo: undefined,
  provider: 'embedded',
}
const metadata = {
  AWSAccountId: '111122223333',
  KeyId: ID,
  Arn: ARN,
  CreationDate: SECONDS,
  Enabled: true,
  Description: '鑰匙',
  KeyUsage: 'ENCRYPT_DECRYPT',
  KeyState: 'Enabled',
  Origin: 'AWS_KMS',
  KeyManager: 'CUSTOMER',
  CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
  KeySpec: 'SYMMETRIC_DEFAULT',
  EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
  MultiRegion: false,
}

/** What every request below needs to be valid: the members that no operation refuses. */
const FULL = {
  KeyId: ID,
  TargetKeyId: ID,
  DestinationKeyId: ID,
  AliasName: 'alias/reports',
  Description: 'd',
  NumberOfBytes: 32,
  Plaintext: 'aGVsbG8=',
  CiphertextBlob: 'aGVsbG8=',
  Policy: '{}',
  GranteePrincipal: 'arn:aws:iam::111122223333:user/u',
  Operations: ['Decrypt'],
  GrantId: 'g',
  WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
  WrappingKeySpec: 'RSA_2048',
  ImportToken: 'aGVsbG8=',
  EncryptedKeyMaterial: 'aGVsbG8=',
  ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
  Tags: [{ TagKey: 'k', TagValue: 'v' }],
  TagKeys: ['k'],
}

const parse = (name: string, members: object | string, secure = true) =>
  parseOperation(
    `TrentService.${name}`,
    Buffer.from(typeof members === 'string' ? members : JSON.stringify(members)),
    secure,
  ).operation
const requestOf = (name: SpokenName, members: object) => (parse(name, members) as KeyOperation).request
const refused = (code: ErrorCode): unknown => expect.objectContaining({ name: 'StoreError', code })

describe.each(spokenNames)('%s', (name) => {
  it('reads a full request, ignores what it does not know, and takes null for absent', () => {
    const plain = parse(name, FULL)
    expect(plain.name).toBe(name)
    expect(parse(name, { ...FULL, GrantTokens: null, Unknown: { deep: [1] }, DryRun: false })).toEqual(plain)
  })

  it.each(['', '[]', '1', 'null', '"x"', '{', '{"a":1}}', '\xff', `${'['.repeat(60_000)}`])(
    'refuses the document %j',
    (document) => {
      if (document === '' && parsesEmpty.has(name)) return expect(parse(name, document).name).toBe(name)
      const code = document === '' ? 'InvalidArgument' : 'MalformedJSON'
      expect(() => parseOperation(`TrentService.${name}`, Buffer.from(document, 'latin1'), true)).toThrow(
        refused(code),
      )
    },
  )

  it('refuses each of its members with a wrong type, and says nothing of its value', () => {
    const plain = parse(name, FULL)
    for (const member of Object.keys(FULL)) {
      const error = failureOf(() => parse(name, { ...FULL, [member]: { marker: 'm4rk3r' } }))
      if (!membersOf[name].includes(member)) {
        expect(error, `${member} is no member of ${name}`).toEqual(plain)
        continue
      }
      expect(error).toMatchObject({ name: 'StoreError', message: expect.stringContaining(member) as unknown })
      expect(['MalformedJSON', 'NotImplemented']).toContain((error as StoreError).code)
      expect((error as StoreError).message).not.toContain('m4rk3r')
    }
  })
})

function failureOf(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error
  }
}

/** Of the members in FULL, those that an operation has (KMS's model, 2014-11-01). */
const membersOf: Record<SpokenName, string[]> = {
  CreateKey: ['Description', 'Policy', 'Tags'],
  DescribeKey: ['KeyId'],
  ListKeys: [],
  UpdateKeyDescription: ['KeyId', 'Description'],
  EnableKey: ['KeyId'],
  DisableKey: ['KeyId'],
  ListAliases: ['KeyId'],
  CreateAlias: ['AliasName', 'TargetKeyId'],
  UpdateAlias: ['AliasName', 'TargetKeyId'],
  DeleteAlias: ['AliasName'],
  Encrypt: ['KeyId', 'Plaintext'],
  Decrypt: ['KeyId', 'CiphertextBlob'],
  ReEncrypt: ['CiphertextBlob', 'DestinationKeyId'],
  GenerateDataKey: ['KeyId', 'NumberOfBytes'],
  GenerateDataKeyWithoutPlaintext: ['KeyId', 'NumberOfBytes'],
  GenerateRandom: ['NumberOfBytes'],
  GetKeyPolicy: ['KeyId'],
  PutKeyPolicy: ['KeyId', 'Policy'],
  ListKeyPolicies: ['KeyId'],
  CreateGrant: ['KeyId', 'GranteePrincipal', 'Operations'],
  ListGrants: ['KeyId', 'GrantId', 'GranteePrincipal'],
  RevokeGrant: ['KeyId', 'GrantId'],
  RetireGrant: ['KeyId', 'GrantId'],
  GetKeyRotationStatus: ['KeyId'],
  EnableKeyRotation: ['KeyId'],
  DisableKeyRotation: ['KeyId'],
  RotateKeyOnDemand: ['KeyId'],
  ListKeyRotations: ['KeyId'],
  GetParametersForImport: ['KeyId', 'WrappingAlgorithm', 'WrappingKeySpec'],
  ImportKeyMaterial: ['KeyId', 'ImportToken', 'EncryptedKeyMaterial', 'ExpirationModel'],
  DeleteImportedKeyMaterial: ['KeyId'],
  ScheduleKeyDeletion: ['KeyId'],
  CancelKeyDeletion: ['KeyId'],
  TagResource: ['KeyId', 'Tags'],
  UntagResource: ['KeyId', 'TagKeys'],
  ListResourceTags: ['KeyId'],
}

/** Operations without a required member. */
const parsesEmpty: ReadonlySet<SpokenName> = new Set(['CreateKey', 'ListKeys', 'ListAliases', 'RetireGrant'])

describe('members', () => {
  const mapOf = (length: number) => ({ n: 'x'.repeat(length) })
  it.each<[SpokenName, object, ErrorCode]>([
    ['DescribeKey', {}, 'InvalidArgument'],
    ['DescribeKey', { KeyId: '' }, 'InvalidArgument'],
    ['DescribeKey', { KeyId: 'x'.repeat(2049) }, 'InvalidArgument'],
    ['DescribeKey', { KeyId: 7 }, 'MalformedJSON'],
    ['DescribeKey', { KeyId: '\ud800' }, 'InvalidArgument'],
    ['DescribeKey', { KeyId: ID, GrantTokens: Array<string>(11).fill('t') }, 'InvalidArgument'],
    ['DescribeKey', { KeyId: ID, GrantTokens: ['t', 1] }, 'MalformedJSON'],
    ['ListKeys', { Limit: 0 }, 'InvalidArgument'],
    ['ListKeys', { Limit: 1001 }, 'InvalidArgument'],
    ['ListKeys', { Limit: 1.5 }, 'MalformedJSON'],
    ['ListKeys', { Limit: '1' }, 'MalformedJSON'],
    ['ListKeys', { Marker: '' }, 'InvalidArgument'],
    ['CreateKey', { KeySpec: 'AES_256' }, 'InvalidArgument'],
    ['CreateKey', { KeySpec: 'RSA_4096' }, 'NotImplemented'],
    ['CreateKey', { CustomerMasterKeySpec: 'SM2' }, 'NotImplemented'],
    ['CreateKey', { KeyUsage: 'SIGN_VERIFY' }, 'NotImplemented'],
    ['CreateKey', { Origin: 'AWS_CLOUDHSM' }, 'NotImplemented'],
    ['CreateKey', { MultiRegion: true }, 'NotImplemented'],
    ['CreateKey', { XksKeyId: 'x' }, 'NotImplemented'],
    ['CreateKey', { Tags: [{ TagKey: 'k' }] }, 'InvalidArgument'],
    ['CreateKey', { Tags: [['k', 'v']] }, 'MalformedJSON'],
    ['CreateKey', { Tags: { k: 'v' } }, 'MalformedJSON'],
    ['GenerateDataKey', { KeyId: ID }, 'InvalidArgument'],
    ['GenerateDataKey', { KeyId: ID, KeySpec: 'AES_256', NumberOfBytes: 32 }, 'InvalidArgument'],
    ['GenerateDataKey', { KeyId: ID, NumberOfBytes: 1025 }, 'InvalidArgument'],
    ['GenerateDataKey', { KeyId: ID, NumberOfBytes: 2 ** 53 }, 'InvalidArgument'],
    ['GenerateDataKey', { KeyId: ID, NumberOfBytes: 32, Recipient: {} }, 'NotImplemented'],
    ['GenerateDataKey', { KeyId: ID, NumberOfBytes: 32, EncryptionContext: { a: 1 } }, 'MalformedJSON'],
    ['GenerateDataKey', { KeyId: ID, NumberOfBytes: 32, EncryptionContext: { '': 'a' } }, 'InvalidArgument'],
    [
      'GenerateDataKey',
      { KeyId: ID, NumberOfBytes: 32, EncryptionContext: { a: '\udc00' } },
      'InvalidArgument',
    ],
    ['GenerateDataKey', { KeyId: ID, NumberOfBytes: 32, EncryptionContext: ['a'] }, 'MalformedJSON'],
    ['Encrypt', { KeyId: ID, Plaintext: '' }, 'InvalidArgument'],
    ['Encrypt', { KeyId: ID, Plaintext: Buffer.alloc(4097).toString('base64') }, 'InvalidArgument'],
    ['Encrypt', { KeyId: ID, Plaintext: 'aGVsbG8' }, 'MalformedJSON'],
    ['Encrypt', { KeyId: ID, Plaintext: 'aGVs bG8=' }, 'MalformedJSON'],
    ['Encrypt', { KeyId: ID, Plaintext: 'aGVsbG8=', EncryptionAlgorithm: 'SM2PKE' }, 'NotImplemented'],
    ['Encrypt', { KeyId: ID, Plaintext: 'aGVsbG8=', DryRun: true }, 'NotImplemented'],
    ['Decrypt', { CiphertextBlob: Buffer.alloc(6145).toString('base64') }, 'InvalidArgument'],
    ['Decrypt', { CiphertextBlob: 'aGVsbG8=', Recipient: { AttestationDocument: '' } }, 'NotImplemented'],
    ['Decrypt', { CiphertextBlob: 'aGVsbG8=', DryRunModifiers: ['IGNORE_CIPHERTEXT'] }, 'NotImplemented'],
    ['RevokeGrant', { KeyId: ID, GrantId: 'g', DryRun: true }, 'NotImplemented'],
    ['RetireGrant', { GrantToken: 't', DryRun: true }, 'NotImplemented'],
    ['ListGrants', { KeyId: ID, GranteePrincipal: '' }, 'InvalidArgument'],
    ['CreateGrant', { ...FULL, Operations: [] }, 'InvalidArgument'],
    ['CreateGrant', { ...FULL, Operations: ['Sign'] }, 'NotImplemented'],
    ['CreateGrant', { ...FULL, Operations: ['Everything'] }, 'InvalidArgument'],
    ['CreateGrant', { ...FULL, Constraints: { EncryptionContextSubset: { a: {} } } }, 'MalformedJSON'],
    ['GetKeyPolicy', { KeyId: ID, PolicyName: 'other' }, 'InvalidArgument'],
    ['EnableKeyRotation', { KeyId: ID, RotationPeriodInDays: 89 }, 'InvalidArgument'],
    ['ScheduleKeyDeletion', { KeyId: ID, PendingWindowInDays: 6 }, 'InvalidArgument'],
    ['ScheduleKeyDeletion', { KeyId: ID, PendingWindowInDays: 31 }, 'InvalidArgument'],
    ['GetParametersForImport', { ...FULL, WrappingAlgorithm: 'RSAES_PKCS1_V1_5' }, 'NotImplemented'],
    ['GetParametersForImport', { ...FULL, WrappingKeySpec: 'SM2' }, 'NotImplemented'],
    ['ImportKeyMaterial', { ...FULL, ExpirationModel: undefined }, 'InvalidArgument'],
    ['ImportKeyMaterial', { ...FULL, ValidTo: SECONDS }, 'InvalidArgument'],
    [
      'ImportKeyMaterial',
      { ...FULL, ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: '2027' },
      'MalformedJSON',
    ],
    [
      'ImportKeyMaterial',
      { ...FULL, ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: 9e12 },
      'InvalidArgument',
    ],
    ['ImportKeyMaterial', { ...FULL, KeyMaterialId: '0'.repeat(64) }, 'NotImplemented'],
    ['ListKeyRotations', { KeyId: ID, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }, 'NotImplemented'],
    ['TagResource', { KeyId: ID, Tags: [{ TagKey: '', TagValue: '' }] }, 'InvalidArgument'],
    ['TagResource', { KeyId: ID, Tags: [{ TagKey: 'k', TagValue: 'x'.repeat(257) }] }, 'InvalidArgument'],
    ['CreateAlias', { AliasName: 'x'.repeat(257), TargetKeyId: ID }, 'InvalidArgument'],
  ])('%s %j is %s', (name, members, code) => {
    expect(() => parse(name, members)).toThrow(refused(code))
  })

  it('keeps names of an encryption context that objects use themselves', () => {
    const document = `{"KeyId":"k","NumberOfBytes":1,"EncryptionContext":{"__proto__":"a","constructor":"b"}}`
    const { request } = parse('GenerateDataKey', document) as { request: { context: Record<string, string> } }
    expect(Object.entries(request.context)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
  })

  it('does not find members that an object inherits', () => {
    expect(() => parse('DescribeKey', '{"__proto__":{"KeyId":"k"}}')).toThrow(refused('InvalidArgument'))
  })

  it('reads what is allowed at the edges', () => {
    expect(
      requestOf('Encrypt', { KeyId: 'k', Plaintext: Buffer.alloc(4096).toString('base64') }),
    ).toMatchObject({
      plaintext: Buffer.alloc(4096),
    })
    expect(requestOf('GenerateDataKey', { KeyId: 'k', KeySpec: 'AES_128' })).toMatchObject({ bytes: 16 })
    expect(
      requestOf('ImportKeyMaterial', { ...FULL, ExpirationModel: undefined, ValidTo: SECONDS }),
    ).toMatchObject({ validTo: AT })
    expect(requestOf('GenerateDataKey', { ...FULL, EncryptionContext: mapOf(9000) })).toMatchObject({
      context: mapOf(9000),
    })
    expect(requestOf('CreateKey', { CustomKeyStoreId: 'vault' })).toMatchObject({ provider: 'vault' })
  })
})

it.each(['', 'ListKeys', 'listkeys', 'GetBlastRadius', 'Sign', '__proto__', 'constructor'])(
  'knows no operation %j',
  (name) => {
    const target = name === 'ListKeys' ? 'TrentService.ListKeys.x' : `TrentService.${name}`
    expect(() => parseOperation(target, Buffer.from('{}'), true)).toThrow(refused('MethodNotAllowed'))
  },
)

it.each(spokenNames)('%s travels in the open only when it carries no plaintext', (name) => {
  const secret = ['Encrypt', 'Decrypt', 'GenerateDataKey', 'GenerateRandom'].includes(name)
  const parsing = () => parse(name, FULL, false)
  if (secret) expect(parsing).toThrow(refused('CustomerKeyOverInsecureTransport'))
  else expect(parsing().name).toBe(name)
})

/** The whole pipeline over a key service that answers what it is told. */
async function ask<N extends KeyOperationName>(
  name: N,
  answer: (() => KeyResult<N>) | Error,
  options: SignOptions = {},
) {
  const calls: unknown[][] = []
  const lines: FailureLine[] = []
  const kms = {
    run: async (...call: unknown[]) => {
      calls.push(call)
      if (answer instanceof Error) throw answer
      return answer()
    },
  } as KeyService
  const store: Store = { run: () => Promise.reject(new Error('not a request to the store')) }
  const log = (line: FailureLine) => lines.push(line)
  const serve = createServe({
    store,
    kms,
    accounts,
    region: 'us-east-1',
    objectDomains: [],
    log,
    now: () => NOW,
  })
  const headers = { 'x-amz-target': `TrentService.${name}`, 'content-type': 'application/x-amz-json-1.1' }
  const members = name in fullOf ? fullOf[name as SpokenName] : {}
  const response = await serve(
    signed({ method: 'POST', service: 'kms', body: JSON.stringify(members), ...options, headers }),
  )
  return { ...response, document: JSON.parse((response.body as Buffer).toString()) as unknown, calls, lines }
}
const fullOf = Object.fromEntries(spokenNames.map((name) => [name, FULL])) as Record<SpokenName, object>

describe('answers', () => {
  const bytes = Buffer.from('hello')
  const grant = {
    grantId: 'g',
    grantToken: 'untold',
    keyId: ARN,
    name: 'n',
    granteePrincipal: 'p',
    retiringPrincipal: undefined,
    operations: ['Decrypt' as const],
    constraints: { encryptionContextEquals: { a: 'b' } },
    issuingAccount: '111122223333',
    createdAt: AT,
  }
  const cases: { [N in SpokenName]: [KeyResult<N>, object][] } = {
    CreateKey: [
      [
        { ...key, spec: 'SM4' },
        { KeyMetadata: { ...metadata, KeySpec: 'SM4', CustomerMasterKeySpec: 'SM4' } },
      ],
    ],
    DescribeKey: [
      [key, { KeyMetadata: metadata }],
      [
        { ...key, isDefault: true, state: 'Disabled' },
        { KeyMetadata: { ...metadata, KeyManager: 'AWS', KeyState: 'Disabled', Enabled: false } },
      ],
      [
        { ...key, state: 'PendingDeletion', deletionAt: AT },
        { KeyMetadata: { ...metadata, KeyState: 'PendingDeletion', Enabled: false, DeletionDate: SECONDS } },
      ],
      [
        { ...key, origin: 'EXTERNAL', state: 'PendingImport' },
        { KeyMetadata: { ...metadata, Origin: 'EXTERNAL', KeyState: 'PendingImport', Enabled: false } },
      ],
      [
        { ...key, origin: 'EXTERNAL', validTo: AT },
        {
          KeyMetadata: {
            ...metadata,
            Origin: 'EXTERNAL',
            ExpirationModel: 'KEY_MATERIAL_EXPIRES',
            ValidTo: SECONDS,
          },
        },
      ],
      [
        { ...key, origin: 'EXTERNAL' },
        { KeyMetadata: { ...metadata, Origin: 'EXTERNAL', ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } },
      ],
      [{ ...key, provider: 'vault' }, { KeyMetadata: { ...metadata, CustomKeyStoreId: 'vault' } }],
    ],
    ListKeys: [
      [
        { items: [key], nextMarker: 'm' },
        { Keys: [{ KeyId: ID, KeyArn: ARN }], NextMarker: 'm', Truncated: true },
      ],
      [
        { items: [], nextMarker: undefined },
        { Keys: [], Truncated: false },
      ],
    ],
    UpdateKeyDescription: [[undefined, {}]],
    EnableKey: [[undefined, {}]],
    DisableKey: [[undefined, {}]],
    ListAliases: [
      [
        { items: [{ alias: 'alias/a', arn: 'arn', keyId: ID, createdAt: AT }], nextMarker: undefined },
        {
          Aliases: [{ AliasName: 'alias/a', AliasArn: 'arn', TargetKeyId: ID, CreationDate: SECONDS }],
          Truncated: false,
        },
      ],
    ],
    CreateAlias: [[undefined, {}]],
    UpdateAlias: [[undefined, {}]],
    DeleteAlias: [[undefined, {}]],
    Encrypt: [
      [
        { keyArn: ARN, ciphertext: bytes },
        { CiphertextBlob: 'aGVsbG8=', KeyId: ARN, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
      ],
    ],
    Decrypt: [
      [
        { keyArn: ARN, plaintext: bytes },
        { Plaintext: 'aGVsbG8=', KeyId: ARN, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
      ],
    ],
    ReEncrypt: [
      [
        { ciphertext: bytes, sourceKeyArn: 'source', keyArn: ARN },
        {
          CiphertextBlob: 'aGVsbG8=',
          SourceKeyId: 'source',
          KeyId: ARN,
          SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
          DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        },
      ],
    ],
    GenerateDataKey: [
      [
        { keyArn: ARN, ciphertext: bytes, plaintext: Buffer.from([0]) },
        { CiphertextBlob: 'aGVsbG8=', Plaintext: 'AA==', KeyId: ARN },
      ],
    ],
    GenerateDataKeyWithoutPlaintext: [
      [
        { keyArn: ARN, ciphertext: bytes },
        { CiphertextBlob: 'aGVsbG8=', KeyId: ARN },
      ],
    ],
    GenerateRandom: [[bytes, { Plaintext: 'aGVsbG8=' }]],
    GetKeyPolicy: [['{"a":1}', { Policy: '{"a":1}', PolicyName: 'default' }]],
    PutKeyPolicy: [[undefined, {}]],
    ListKeyPolicies: [[['default'], { PolicyNames: ['default'], Truncated: false }]],
    CreateGrant: [
      [
        { grantId: 'g', grantToken: 't' },
        { GrantId: 'g', GrantToken: 't' },
      ],
    ],
    ListGrants: [
      [
        {
          items: [grant, { ...grant, name: undefined, retiringPrincipal: 'r', constraints: {} }],
          nextMarker: undefined,
        },
        {
          Grants: [
            {
              KeyId: ARN,
              GrantId: 'g',
              Name: 'n',
              CreationDate: SECONDS,
              GranteePrincipal: 'p',
              IssuingAccount: '111122223333',
              Operations: ['Decrypt'],
              Constraints: { EncryptionContextEquals: { a: 'b' } },
            },
            {
              KeyId: ARN,
              GrantId: 'g',
              CreationDate: SECONDS,
              GranteePrincipal: 'p',
              RetiringPrincipal: 'r',
              IssuingAccount: '111122223333',
              Operations: ['Decrypt'],
            },
          ],
          Truncated: false,
        },
      ],
    ],
    RevokeGrant: [[undefined, {}]],
    RetireGrant: [[undefined, {}]],
    GetKeyRotationStatus: [
      [
        { keyArn: ARN, enabled: true, periodDays: 180, nextAt: AT, onDemandStartedAt: AT },
        {
          KeyId: ARN,
          KeyRotationEnabled: true,
          RotationPeriodInDays: 180,
          NextRotationDate: SECONDS,
          OnDemandRotationStartDate: SECONDS,
        },
      ],
      [
        {
          keyArn: ARN,
          enabled: false,
          periodDays: undefined,
          nextAt: undefined,
          onDemandStartedAt: undefined,
        },
        { KeyId: ARN, KeyRotationEnabled: false },
      ],
    ],
    EnableKeyRotation: [[undefined, {}]],
    DisableKeyRotation: [[undefined, {}]],
    RotateKeyOnDemand: [[{ keyArn: ARN }, { KeyId: ARN }]],
    ListKeyRotations: [
      [
        {
          items: [
            { version: 1, at: AT, type: 'CREATION' },
            { version: 2, at: AT, type: 'AUTOMATIC' },
            { version: 3, at: AT, type: 'ON_DEMAND' },
            { version: 1, at: AT, type: 'IMPORT' },
          ],
          nextMarker: 'm',
        },
        {
          Rotations: [
            { KeyId: ID, RotationDate: SECONDS, RotationType: 'AUTOMATIC' },
            { KeyId: ID, RotationDate: SECONDS, RotationType: 'ON_DEMAND' },
          ],
          NextMarker: 'm',
          Truncated: true,
        },
      ],
    ],
    GetParametersForImport: [
      [
        { keyArn: ARN, importToken: bytes, publicKey: bytes, validTo: AT },
        { KeyId: ARN, ImportToken: 'aGVsbG8=', PublicKey: 'aGVsbG8=', ParametersValidTo: SECONDS },
      ],
    ],
    ImportKeyMaterial: [[undefined, {}]],
    DeleteImportedKeyMaterial: [[undefined, {}]],
    ScheduleKeyDeletion: [
      [
        { keyArn: ARN, state: 'PendingDeletion', deletionAt: AT },
        { KeyId: ARN, DeletionDate: SECONDS, KeyState: 'PendingDeletion', PendingWindowInDays: 30 },
      ],
    ],
    CancelKeyDeletion: [[{ keyArn: ARN }, { KeyId: ARN }]],
    TagResource: [[undefined, {}]],
    UntagResource: [[undefined, {}]],
    ListResourceTags: [
      [
        { items: [{ key: 'k', value: 'v' }], nextMarker: undefined },
        { Tags: [{ TagKey: 'k', TagValue: 'v' }], Truncated: false },
      ],
    ],
  }

  it.each(spokenNames)('%s', async (name) => {
    for (const [result, document] of cases[name]) {
      const answer = await ask(name, () => result)
      expect(answer.document).toEqual(document)
      expect(answer.status).toBe(200)
      expect(answer.headers).toMatchObject({
        'content-type': 'application/x-amz-json-1.1',
        'x-amzn-requestid': expect.stringMatching(/^[0-9A-F]{16}$/) as unknown,
      })
    }
  })

  it('the service is told who asks, from where and how', async () => {
    const { calls, headers } = await ask('EnableKey', () => undefined)
    expect(calls).toEqual([
      [
        'EnableKey',
        { keyId: ID },
        expect.objectContaining({ kind: 'member', userId: 'user-1', projectId: 'project-1' }),
        { requestId: headers['x-amzn-requestid'], remoteAddress: '127.0.0.1', secure: true },
      ],
    ])
  })
})

describe('failures', () => {
  it('of the service are told in KMS words', async () => {
    const { status, document } = await ask(
      'EnableKey',
      new StoreError('KeyNotFound', 'The key does not exist'),
    )
    expect([status, document]).toEqual([
      400,
      { __type: 'NotFoundException', message: 'The key does not exist' },
    ])
  })

  it('nobody foresaw tell and log nothing of the request', async () => {
    const marker = 'm4rk3r'
    const body = JSON.stringify({ KeyId: ID, Plaintext: Buffer.from(marker).toString('base64') })
    const { status, document, lines } = await ask('Encrypt', new TypeError(`cannot read ${marker}`), { body })
    expect([status, document]).toEqual([
      500,
      { __type: 'KMSInternalException', message: 'We encountered an internal error. Please try again.' },
    ])
    expect(lines).toMatchObject([{ dialect: 'kms', operation: 'Encrypt', errorName: 'TypeError' }])
    expect(JSON.stringify(lines)).not.toMatch(
      new RegExp(`${marker}|${Buffer.from(marker).toString('base64')}`),
    )
  })

  it('of authentication are told in KMS words, before anything is asked of the service', async () => {
    const { status, document, calls } = await ask('ListKeys', new Error('not reached'), { secret: 'guess' })
    expect(status).toBe(400)
    expect(document).toMatchObject({ __type: 'InvalidSignatureException' })
    expect(calls).toEqual([])
  })
})
