import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'
import type { Environment } from './config.ts'

const home = '/home/coffer'
const read = (env: Environment) => readConfig({ HOME: home, ...env }, '/srv/coffer')
const keyFile = `${home}/.config/coffer/root.key`

function problems(env: Environment): string {
  try {
    read(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.join('\n')
    throw error
  }
  return ''
}

const token = { COFFER_ROOT_VAULT_TOKEN_FILE: '/etc/coffer/token' }
const vault = { COFFER_ROOT: 'vault', COFFER_ROOT_VAULT_ADDRESS: 'https://vault.example.org:8200', ...token }
const vaultService = {
  address: 'https://vault.example.org:8200',
  mount: 'transit',
  namespace: undefined,
  caFile: undefined,
  login: { kind: 'token', file: '/etc/coffer/token' },
}

describe('the root', () => {
  test.each([
    [
      { COFFER_ROOT: 'passphrase', COFFER_ROOT_PASSPHRASE_FILE: 'pass' },
      { driver: 'passphrase', passphrase: { from: 'file', path: '/srv/coffer/pass' } },
    ],
    [
      { COFFER_ROOT: 'passphrase', COFFER_ROOT_PASSPHRASE_FILE: '-' },
      { driver: 'passphrase', passphrase: { from: 'stdin' } },
    ],
    [
      { COFFER_ROOT: 'passphrase', COFFER_ROOT_PASSPHRASE: 'secret words' },
      { driver: 'passphrase', passphrase: { from: 'environment' } },
    ],
    [
      {
        COFFER_ROOT: 'pkcs11',
        COFFER_ROOT_PKCS11_MODULE: '/usr/lib/p11.so',
        COFFER_ROOT_PKCS11_TOKEN: 'coffer',
        COFFER_ROOT_PKCS11_PIN_FILE: '/etc/pin',
      },
      {
        driver: 'pkcs11',
        token: { module: '/usr/lib/p11.so', token: 'coffer', key: 'coffer-root', pinFile: '/etc/pin' },
      },
    ],
    [vault, { driver: 'vault', service: { ...vaultService, key: 'coffer-root' } }],
    [
      {
        COFFER_ROOT: 'aws-kms',
        COFFER_ROOT_AWS_KMS_KEY: 'arn:aws:kms:eu-west-1:111122223333:key/1',
        COFFER_ROOT_AWS_KMS_REGION: 'eu-west-1',
      },
      {
        driver: 'aws-kms',
        service: {
          key: 'arn:aws:kms:eu-west-1:111122223333:key/1',
          region: 'eu-west-1',
          endpoint: 'https://kms.eu-west-1.amazonaws.com',
          caFile: undefined,
          credentialsFile: undefined,
          profile: 'default',
        },
      },
    ],
  ])('is read: %j', (env, root) => {
    const config = read(env)
    expect(config.root).toEqual({ ...root, wrappedPath: `${keyFile}.wrapped` })
    expect(config.rootKeyFile).toBe(`${keyFile}.wrapped`)
    expect(JSON.stringify(config)).not.toContain('secret words')
  })

  test('as a systemd credential takes the folder that systemd names', () => {
    const config = read({ COFFER_ROOT: 'credential', CREDENTIALS_DIRECTORY: '/run/credentials/coffer' })
    const expected = { driver: 'credential', directory: '/run/credentials/coffer', name: 'coffer-root-key' }
    expect(config.root).toEqual(expected)
  })

  test('every mistake is listed', () => {
    expect(problems({ COFFER_ROOT: 'hsm' })).toContain('COFFER_ROOT must be one of file, passphrase')
    expect(problems({ COFFER_ROOT: 'passphrase' })).toContain('needs COFFER_ROOT_PASSPHRASE_FILE')
    const both = { COFFER_ROOT_PASSPHRASE_FILE: '/p', COFFER_ROOT_PASSPHRASE: 'secret words' }
    expect(problems({ COFFER_ROOT: 'passphrase', ...both })).toContain('not both')
    expect(problems({ COFFER_ROOT: 'passphrase', ...both })).not.toContain('secret words')
    const token = problems({ COFFER_ROOT: 'pkcs11' })
    for (const name of ['MODULE', 'TOKEN', 'PIN_FILE'])
      expect(token).toContain(`COFFER_ROOT_PKCS11_${name} is needed`)
    const nothing = problems({ COFFER_ROOT: 'vault' })
    expect(nothing).toContain('COFFER_ROOT_VAULT_ADDRESS is needed')
    expect(nothing).toContain('COFFER_ROOT_VAULT_TOKEN_FILE, or')
    expect(problems({ COFFER_ROOT: 'credential', COFFER_ROOT_CREDENTIAL: '../x' })).toContain(
      'systemd credential',
    )
    expect(problems({ COFFER_ROOT: 'aws-kms' })).toContain('COFFER_ROOT_AWS_KMS_KEY is needed')
  })

  test('settings of another driver are mistakes, and so are misspelt ones', () => {
    expect(problems(token)).toContain(
      'COFFER_ROOT_VAULT_TOKEN_FILE is set, but does not belong to COFFER_ROOT=file',
    )
    expect(problems({ ...vault, COFFER_ROOT_VAULT_TOKENFILE: '/x' })).toContain(
      'COFFER_ROOT_VAULT_TOKENFILE is set',
    )
  })

  test.each([
    ['http://vault.example.org:8200', 'must use https'],
    ['http://169.254.169.254', 'must use https'],
    ['https://vault.example.org/v1', 'without a path'],
    ['https://user:password@vault.example.org', 'without a path'],
    ['file:///etc/passwd', 'without a path'],
    ['vault.example.org', 'without a path'],
  ])('a service at %s is refused: keys cross the network', (address, problem) => {
    const found = problems({ ...vault, COFFER_ROOT_VAULT_ADDRESS: address })
    expect(found).toContain(problem)
    expect(found).not.toContain('password')
  })

  test.each(['http://127.0.0.1:8200', 'http://localhost:8200', 'http://[::1]:8200'])(
    'a service of this machine may be plain: %s',
    (address) => expect(problems({ ...vault, COFFER_ROOT_VAULT_ADDRESS: address })).toBe(''),
  )

  test.each(['..', '../sys/auth', 'a/../sys', 'a b', 'a?b', '/transit', 'transit/', '%2e%2e'])(
    '%j leads to no engine and no key',
    (path) => {
      expect(problems({ ...vault, COFFER_ROOT_VAULT_MOUNT: path })).toContain('Transit engine')
      expect(problems({ ...vault, COFFER_ROOT_VAULT_KEY: path })).toContain('Transit key')
    },
  )

  test('secret files must not lie in the data folder', () => {
    const COFFER_DATA_DIR = '/etc/coffer'
    expect(problems({ ...vault, COFFER_DATA_DIR })).toContain(
      'COFFER_ROOT_VAULT_TOKEN_FILE (/etc/coffer/token) lies inside',
    )
    const passphrase = { COFFER_ROOT: 'passphrase', COFFER_ROOT_PASSPHRASE_FILE: '/etc/coffer/p' }
    expect(problems({ ...passphrase, COFFER_DATA_DIR })).toContain('COFFER_ROOT_PASSPHRASE_FILE')
  })
})

describe('key services', () => {
  const prefix = 'COFFER_KEY_SERVICE_HEAD_OFFICE_'
  const one = {
    COFFER_KEY_SERVICES: 'head-office',
    [`${prefix}TYPE`]: 'vault',
    [`${prefix}ADDRESS`]: 'https://vault.example.org:8200',
    [`${prefix}TOKEN_FILE`]: '/etc/coffer/token',
  }

  test('are read by their names', () => {
    expect(read(one).keyServices).toEqual([
      { name: 'head-office', type: 'vault', cacheSeconds: 60, service: { ...vaultService, key: undefined } },
    ])
    const roles = {
      [`${prefix}ROLE_ID_FILE`]: '/r',
      [`${prefix}SECRET_ID_FILE`]: '/s',
      [`${prefix}TOKEN_FILE`]: '',
    }
    const [service] = read({ ...one, ...roles, COFFER_KEY_SERVICE_CACHE_SECONDS: '300' }).keyServices
    expect(service).toMatchObject({
      cacheSeconds: 300,
      service: { login: { kind: 'approle', roleIdFile: '/r', secretIdFile: '/s' } },
    })
  })

  test('every mistake is listed', () => {
    expect(problems({ ...one, COFFER_KEY_SERVICE_CACHE_SECONDS: '301' })).toContain('from 0 to 300')
    expect(problems({ COFFER_KEY_SERVICES: 'embedded' })).toContain('holds "embedded"')
    expect(problems({ COFFER_KEY_SERVICES: 'Head Office' })).toContain('holds "Head Office"')
    expect(problems({ COFFER_KEY_SERVICES: 'x' })).toContain('COFFER_KEY_SERVICE_X_TYPE is needed')
    expect(problems({ ...one, COFFER_KEY_SERVICES: '' })).toContain(
      `${prefix}ADDRESS is set, but belongs to no service`,
    )
    expect(problems({ ...one, [`${prefix}REGION`]: 'eu-west-1' })).toContain(`${prefix}REGION is set`)
    expect(problems({ ...one, [`${prefix}TYPE`]: 'azure' })).toContain('must be one of vault, aws-kms')
    expect(problems({ ...one, [`${prefix}KEY`]: '../../sys' })).toContain('Transit key')
  })
})
