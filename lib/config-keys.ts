import { resolve } from 'node:path'
import { SettingsReader } from './config-reader.ts'

/** Where the root key comes from (README, "Where the root key lives"). Secrets themselves are never settings. */
export type RootSettings =
  | { driver: 'file'; path: string }
  | { driver: 'passphrase'; wrappedPath: string; passphrase: PassphraseFrom }
  | { driver: 'credential'; directory: string | undefined; name: string }
  | { driver: 'pkcs11'; wrappedPath: string; token: Pkcs11Settings }
  | { driver: 'vault'; wrappedPath: string; service: VaultSettings }
  | { driver: 'aws-kms'; wrappedPath: string; service: AwsKmsSettings }

export type PassphraseFrom = { from: 'file'; path: string } | { from: 'stdin' } | { from: 'environment' }

export interface Pkcs11Settings {
  /** the vendor's library, e.g. /usr/lib/softhsm/libsofthsm2.so */
  module: string
  /** label of the token */
  token: string
  /** label of the AES key on it */
  key: string
  pinFile: string
}

export interface VaultSettings {
  /** origin of Vault or OpenBao */
  address: string
  /** path of the Transit engine */
  mount: string
  /** key of the Transit engine; undefined (key services only): one for each key of a project, `coffer-<key ID>` */
  key: string | undefined
  namespace: string | undefined
  /** certificates in PEM that its TLS may be signed by */
  caFile: string | undefined
  login: { kind: 'token'; file: string } | { kind: 'approle'; roleIdFile: string; secretIdFile: string }
}

export interface AwsKmsSettings {
  /** key ID, alias or ARN */
  key: string
  region: string
  endpoint: string
  caFile: string | undefined
  /** an AWS shared credentials file; undefined: AWS_ACCESS_KEY_ID and its kin in the environment */
  credentialsFile: string | undefined
  profile: string
}

/** An external key service; `name` is what `kms_key.provider` says. */
export type KeyServiceSettings = { name: string; cacheSeconds: number } & (
  { type: 'vault'; service: VaultSettings } | { type: 'aws-kms'; service: AwsKmsSettings }
)

export interface KeySettings {
  rootKeyFile: string
  root: RootSettings
  services: KeyServiceSettings[]
  problems: string[]
  /** every variable that is understood here */
  known: string[]
  /** files that must not lie in the data folder */
  files: { name: string; path: string }[]
}

export interface KeySettingsPlace {
  projectDir: string
  /** absolute; where the root key lies unless told */
  defaultFolder: string
}

const DRIVERS = ['file', 'passphrase', 'credential', 'pkcs11', 'vault', 'aws-kms'] as const
const TYPES = ['vault', 'aws-kms'] as const

/** A longer one would let a revoked key live on (issue 3: revocation bites within five minutes). */
const LONGEST_CACHE_SECONDS = 300

/** Reads where keys come from. Mistakes are collected in `problems`; then the settings beside them mean nothing. */
export function readKeySettings(
  env: Readonly<Record<string, string | undefined>>,
  place: KeySettingsPlace,
): KeySettings {
  const reader = new SettingsReader(env, place.projectDir)
  const driver = reader.oneOf('COFFER_ROOT', DRIVERS, 'file')
  const keyFile = resolve(
    place.projectDir,
    reader.text('COFFER_ROOT_KEY_FILE', `${place.defaultFolder}/root.key`),
  )
  // Beside the root key's place and not at it: turning back to another driver overwrites nothing.
  const rootKeyFile = driver === 'file' || driver === 'credential' ? keyFile : `${keyFile}.wrapped`
  if (driver !== 'credential') reader.files.push({ name: 'COFFER_ROOT_KEY_FILE', path: rootKeyFile })
  const root = readRoot(reader, driver, rootKeyFile)
  const services = readServices(reader)
  reader.refuseUnused('COFFER_ROOT_', `does not belong to COFFER_ROOT=${driver}`)
  reader.refuseUnused(
    'COFFER_KEY_SERVICE_',
    'belongs to no service that COFFER_KEY_SERVICES names, or not to its type',
  )
  const { problems, known, files } = reader
  return { rootKeyFile, root, services, problems, known: [...known], files }
}

function readRoot(reader: SettingsReader, driver: RootSettings['driver'], path: string): RootSettings {
  switch (driver) {
    case 'file':
      return { driver, path }
    case 'passphrase':
      return { driver, wrappedPath: path, passphrase: readPassphraseFrom(reader) }
    case 'credential':
      return {
        driver,
        directory: reader.optional('CREDENTIALS_DIRECTORY'),
        name: reader.matching(
          'COFFER_ROOT_CREDENTIAL',
          /^[\w.-]{1,255}$/,
          'the name of a systemd credential',
          'coffer-root-key',
        ),
      }
    case 'pkcs11':
      return { driver, wrappedPath: path, token: readToken(reader) }
    case 'vault':
      return { driver, wrappedPath: path, service: readVault(reader, 'COFFER_ROOT_VAULT_', true) }
    case 'aws-kms':
      return { driver, wrappedPath: path, service: readAwsKms(reader, 'COFFER_ROOT_AWS_KMS_') }
  }
}

function readPassphraseFrom(reader: SettingsReader): PassphraseFrom {
  const file = reader.optional('COFFER_ROOT_PASSPHRASE_FILE')
  const inEnvironment = reader.optional('COFFER_ROOT_PASSPHRASE') !== undefined
  if ((file !== undefined) === inEnvironment) {
    reader.problems.push(
      'COFFER_ROOT=passphrase needs COFFER_ROOT_PASSPHRASE_FILE (a file, or - for standard input), ' +
        'or COFFER_ROOT_PASSPHRASE, and not both.',
    )
  }
  if (file === undefined) return { from: 'environment' }
  if (file === '-') return { from: 'stdin' }
  return { from: 'file', path: reader.secretFile('COFFER_ROOT_PASSPHRASE_FILE') }
}

function readToken(reader: SettingsReader): Pkcs11Settings {
  return {
    module: reader.path('COFFER_ROOT_PKCS11_MODULE'),
    token: reader.text('COFFER_ROOT_PKCS11_TOKEN'),
    key: reader.text('COFFER_ROOT_PKCS11_KEY', 'coffer-root'),
    pinFile: reader.secretFile('COFFER_ROOT_PKCS11_PIN_FILE'),
  }
}

function readServices(reader: SettingsReader): KeyServiceSettings[] {
  const names = (reader.optional('COFFER_KEY_SERVICES') ?? '').split(',').map((name) => name.trim())
  const cacheSeconds = reader.seconds('COFFER_KEY_SERVICE_CACHE_SECONDS', 60, LONGEST_CACHE_SECONDS)
  return [...new Set(names.filter((name) => name !== ''))].flatMap((name) => {
    const wellNamed = /^[a-z][a-z0-9-]{0,30}$/.test(name) && name !== 'embedded' && name !== 'cache'
    if (wellNamed) return [readService(reader, name, cacheSeconds)]
    reader.problems.push(
      `COFFER_KEY_SERVICES holds "${name}": a name has lower-case letters, digits and dashes, and is not embedded or cache.`,
    )
    return []
  })
}

function readService(reader: SettingsReader, name: string, cacheSeconds: number): KeyServiceSettings {
  const prefix = `COFFER_KEY_SERVICE_${name.toUpperCase().replaceAll('-', '_')}_`
  const type = reader.oneOf(`${prefix}TYPE`, TYPES)
  return type === 'vault'
    ? { name, cacheSeconds, type, service: readVault(reader, prefix, false) }
    : { name, cacheSeconds, type, service: readAwsKms(reader, prefix) }
}

function readVault(reader: SettingsReader, prefix: string, needsKey: boolean): VaultSettings {
  // No segment begins with a dot: `..` would lead to another engine.
  const path = /^\w[\w.-]*(\/\w[\w.-]*)*$/
  const key = /^\w(([\w.-]+)?\w)?$/
  return {
    address: reader.address(`${prefix}ADDRESS`),
    mount: reader.matching(`${prefix}MOUNT`, path, 'the path of a Transit engine', 'transit'),
    key:
      needsKey || reader.optional(`${prefix}KEY`) !== undefined
        ? reader.matching(
            `${prefix}KEY`,
            key,
            'the name of a Transit key',
            needsKey ? 'coffer-root' : undefined,
          )
        : undefined,
    namespace: reader.optional(`${prefix}NAMESPACE`),
    caFile: reader.optionalPath(`${prefix}CA_FILE`),
    login: readVaultLogin(reader, prefix),
  }
}

function readVaultLogin(reader: SettingsReader, prefix: string): VaultSettings['login'] {
  const byToken = reader.optional(`${prefix}TOKEN_FILE`) !== undefined
  const byRole = reader.optional(`${prefix}ROLE_ID_FILE`) ?? reader.optional(`${prefix}SECRET_ID_FILE`)
  if (byToken === (byRole !== undefined)) {
    reader.problems.push(
      `${prefix}TOKEN_FILE, or ${prefix}ROLE_ID_FILE and ${prefix}SECRET_ID_FILE, is needed, and not both.`,
    )
    return { kind: 'token', file: '' }
  }
  if (byToken) return { kind: 'token', file: reader.secretFile(`${prefix}TOKEN_FILE`) }
  return {
    kind: 'approle',
    roleIdFile: reader.path(`${prefix}ROLE_ID_FILE`),
    secretIdFile: reader.secretFile(`${prefix}SECRET_ID_FILE`),
  }
}

function readAwsKms(reader: SettingsReader, prefix: string): AwsKmsSettings {
  const region = reader.matching(`${prefix}REGION`, /^[a-z0-9-]{1,32}$/, 'a region such as us-east-1')
  const credentials = reader.optional(`${prefix}CREDENTIALS_FILE`)
  return {
    key: reader.matching(`${prefix}KEY`, /^[\w:/.-]{1,2048}$/, 'a key ID, alias or ARN'),
    region,
    endpoint: reader.address(`${prefix}ENDPOINT`, `https://kms.${region}.amazonaws.com`),
    caFile: reader.optionalPath(`${prefix}CA_FILE`),
    credentialsFile: credentials === undefined ? undefined : reader.secretFile(`${prefix}CREDENTIALS_FILE`),
    profile: reader.matching(`${prefix}PROFILE`, /^[\w.@-]{1,64}$/, 'the name of a profile', 'default'),
  }
}
