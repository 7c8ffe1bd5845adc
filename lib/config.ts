import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import { readKeySettings } from './config-keys.ts'
import type { KeyServiceSettings, KeySettings, RootSettings } from './config-keys.ts'
import {
  isAddressBlock,
  isBindable,
  isHostName,
  isOrigin,
  liesInside,
  list,
  optionalPort,
  origin,
  port,
  text,
  wholeNumber,
} from './config-values.ts'

export type DefaultBucketEncryption = 'none' | 'AES256' | 'aws:kms'

/** Everything an operator can choose, parsed once. Folders are absolute, URLs are origins without a trailing slash. */
export interface Config {
  /** the address both ports listen on */
  host: string
  consolePort: number
  objectPort: number
  /** ports whose requests are one vendor's, whatever they look like; undefined: none */
  ossPort: number | undefined
  cosPort: number | undefined
  dataDir: string
  /** what a restore needs besides the data folder: the root key, or the wrapped root, never inside `dataDir` */
  rootKeyFile: string
  /** where the root key comes from */
  root: RootSettings
  /** external key services that keys of a project may live in */
  keyServices: readonly KeyServiceSettings[]
  publicConsoleUrl: string
  publicObjectUrl: string
  /** lower-case base host names of virtual-hosted style, without `localhost`, which is always understood */
  objectDomains: readonly string[]
  /** the same, where the OSS dialect is spoken even by those who do not sign; `host=bucket` binds a name to a bucket */
  ossDomains: readonly string[]
  /** the same of the COS dialect */
  cosDomains: readonly string[]
  /** whether ACLs and bucket policies may let in those who do not sign */
  publicAccess: 'allowed' | 'blocked'
  /** origins whose pages may use the object port, or `*` */
  corsOrigins: readonly string[]
  /** regions that have SSE-KMS for COS clients; undefined: all */
  kmsRegions: readonly string[] | undefined
  /** whether new projects need an explicit step before COS clients may use their keys */
  kmsAuthorization: 'automatic' | 'required'
  region: string
  /** addresses or CIDR blocks whose X-Forwarded-* headers are believed */
  trustedProxies: readonly string[]
  /** the rule a new bucket starts with */
  defaultBucketEncryption: DefaultBucketEncryption
  sessionHours: number
  serviceKeyPeriodDays: number
  /** ms until an archived object that was asked for can be read */
  restoreDelayMs: number
  /** days from one round of the scrub to the next; 0: only when somebody asks */
  scrubDays: number
  /** most that the scrub reads, bytes a second */
  scrubBytesPerSecond: number
  /** hours between runs of the lifecycle job, counted so that 24 is midnight UTC; 0: never */
  lifecycleHours: number
}

/** The environment holds mistakes; `problems` has one plain sentence for each of them. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The settings need mending:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

export type Environment = Readonly<Record<string, string | undefined>>

const VARIABLES = {
  COFFER_CONSOLE_PORT: port(3000),
  COFFER_OBJECT_PORT: port(9000),
  COFFER_OSS_PORT: optionalPort(),
  COFFER_COS_PORT: optionalPort(),
  // Neither port speaks TLS itself, so passwords, the one-time administrator link and plaintext would cross
  // the network readable. Reaching beyond this machine is therefore a choice the operator makes.
  COFFER_HOST: text('127.0.0.1').refine((host) => isIP(host) > 0 || isHostName(host), {
    error: 'must be an address to listen on, such as 127.0.0.1 or 0.0.0.0',
  }),
  COFFER_DATA_DIR: text('data'),
  COFFER_PUBLIC_CONSOLE_URL: origin(),
  COFFER_PUBLIC_OBJECT_URL: origin(),
  COFFER_OBJECT_DOMAINS: list(isHostName, 'is not a host name such as s3.example.org'),
  COFFER_COS_DOMAINS: list(isHostName, 'is not a host name such as cos.example.org'),
  // What somebody made public by mistake is what object stores are in the news for: it takes two to make it, the operator
  // and an administrator of the project.
  COFFER_PUBLIC_ACCESS: text('blocked').pipe(
    z.enum(['allowed', 'blocked'], { error: 'must be allowed or blocked' }),
  ),
  COFFER_CORS_ORIGINS: list(isOrigin, 'is neither * nor an origin such as https://app.example.org'),
  COFFER_KMS_REGIONS: list(
    (region) => /^[a-z0-9-]{1,32}$/.test(region),
    'is not a region such as ap-guangzhou',
  ),
  COFFER_KMS_AUTHORIZATION: text('automatic').pipe(
    z.enum(['automatic', 'required'], { error: 'must be automatic or required' }),
  ),
  COFFER_OSS_DOMAINS: list(
    isBindable,
    'is not a host name such as oss.example.org, nor files.example.org=bucket',
  ),
  COFFER_REGION: text('us-east-1').refine((region) => /^[a-z0-9-]{1,32}$/.test(region), {
    error: 'must be 1 to 32 lower-case letters, digits and dashes, such as us-east-1',
  }),
  COFFER_TRUSTED_PROXIES: list(isAddressBlock, 'is not an address or CIDR block such as 10.0.0.0/8'),
  COFFER_DEFAULT_BUCKET_ENCRYPTION: text('none').pipe(
    z.enum(['none', 'AES256', 'aws:kms'], { error: 'must be none, AES256 or aws:kms' }),
  ),
  COFFER_SESSION_HOURS: wholeNumber(12, 1, 24 * 365),
  COFFER_SERVICE_KEY_PERIOD_DAYS: wholeNumber(90, 1, 3650),
  COFFER_RESTORE_DELAY_SECONDS: wholeNumber(0, 0, 7 * 86_400),
  COFFER_SCRUB_DAYS: wholeNumber(30, 0, 3650),
  COFFER_SCRUB_MIB_PER_SECOND: wholeNumber(20, 1, 100_000),
  COFFER_LIFECYCLE_HOURS: wholeNumber(24, 0, 24 * 7),
}

const SCHEMA = z.object(VARIABLES)

/**
 * Turns the environment into one value. Relative folders are taken from `projectDir`.
 *
 * @throws ConfigError listing every mistake at once
 */
export function readConfig(env: Environment, projectDir: string): Config {
  const keys = readKeySettings(env, { projectDir, defaultFolder: join(configHome(env), 'coffer') })
  const problems = [...unknownVariables(env, keys), ...unsupported(env), ...keys.problems]
  const parsed = SCHEMA.safeParse(env)
  if (!parsed.success)
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`))
  problems.push(...samePorts(env), ...keysInDataFolder(env, keys, projectDir))
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  return build(parsed.data, keys, projectDir)
}

function build(value: z.infer<typeof SCHEMA>, keys: KeySettings, projectDir: string): Config {
  return {
    host: value.COFFER_HOST,
    consolePort: value.COFFER_CONSOLE_PORT,
    objectPort: value.COFFER_OBJECT_PORT,
    ossPort: value.COFFER_OSS_PORT,
    cosPort: value.COFFER_COS_PORT,
    dataDir: resolve(projectDir, value.COFFER_DATA_DIR),
    rootKeyFile: keys.rootKeyFile,
    root: keys.root,
    keyServices: keys.services,
    publicConsoleUrl: value.COFFER_PUBLIC_CONSOLE_URL ?? ownUrl(value.COFFER_HOST, value.COFFER_CONSOLE_PORT),
    publicObjectUrl: value.COFFER_PUBLIC_OBJECT_URL ?? ownUrl(value.COFFER_HOST, value.COFFER_OBJECT_PORT),
    objectDomains: value.COFFER_OBJECT_DOMAINS.map((domain) => domain.toLowerCase()),
    ossDomains: value.COFFER_OSS_DOMAINS.map((domain) => domain.toLowerCase()),
    cosDomains: value.COFFER_COS_DOMAINS.map((domain) => domain.toLowerCase()),
    publicAccess: value.COFFER_PUBLIC_ACCESS,
    corsOrigins: value.COFFER_CORS_ORIGINS,
    kmsRegions: value.COFFER_KMS_REGIONS.length === 0 ? undefined : value.COFFER_KMS_REGIONS,
    kmsAuthorization: value.COFFER_KMS_AUTHORIZATION,
    region: value.COFFER_REGION,
    trustedProxies: value.COFFER_TRUSTED_PROXIES,
    defaultBucketEncryption: value.COFFER_DEFAULT_BUCKET_ENCRYPTION,
    sessionHours: value.COFFER_SESSION_HOURS,
    serviceKeyPeriodDays: value.COFFER_SERVICE_KEY_PERIOD_DAYS,
    restoreDelayMs: value.COFFER_RESTORE_DELAY_SECONDS * 1000,
    scrubDays: value.COFFER_SCRUB_DAYS,
    scrubBytesPerSecond: value.COFFER_SCRUB_MIB_PER_SECOND * 2 ** 20,
    lifecycleHours: value.COFFER_LIFECYCLE_HOURS,
  }
}

const PORTS = ['COFFER_CONSOLE_PORT', 'COFFER_OBJECT_PORT', 'COFFER_OSS_PORT', 'COFFER_COS_PORT'] as const

/** Undefined: there is none, or it is a mistake of its own. */
function portOf(name: (typeof PORTS)[number], env: Environment): number | undefined {
  return VARIABLES[name].safeParse(env[name]).data
}

function samePorts(env: Environment): string[] {
  const ports = PORTS.map((name) => [name, portOf(name, env)] as const)
  return ports.flatMap(([name, port], i) =>
    ports
      .slice(i + 1)
      .filter(([, other]) => port !== undefined && other === port)
      .map(([other]) => `${name} and ${other} are both ${port}: give them two ports.`),
  )
}

function keysInDataFolder(env: Environment, { files }: KeySettings, projectDir: string): string[] {
  const dataDir = resolve(projectDir, VARIABLES.COFFER_DATA_DIR.parse(env.COFFER_DATA_DIR))
  return files
    .filter(({ path }) => liesInside(path, dataDir))
    .map(
      ({ name, path }) =>
        `${name} (${path}) lies inside the data folder (${dataDir}): ` +
        'whoever copies that folder would get the key with it. Put it elsewhere.',
    )
}

function unsupported(env: Environment): string[] {
  const url = env.COFFER_DATABASE_URL ?? ''
  if (url === '') return []
  return [
    'COFFER_DATABASE_URL is set, but PostgreSQL is not supported yet: leave it empty to use the embedded database.',
  ]
}

// A misspelt variable would silently leave its default in force, e.g. an open address or the wrong folder.
function unknownVariables(env: Environment, keys: KeySettings): string[] {
  const known = new Set([...Object.keys(VARIABLES), 'COFFER_DATABASE_URL', ...keys.known])
  return Object.keys(env)
    .filter((name) => name.startsWith('COFFER_') && !name.startsWith('COFFER_TEST_') && !known.has(name))
    .map((name) => `${name} is not a setting of Coffer. Known are ${[...known].join(', ')}.`)
}

function configHome(env: Environment): string {
  const chosen = env.XDG_CONFIG_HOME
  // XDG Base Directory Specification: relative paths are invalid and must be ignored.
  return chosen && isAbsolute(chosen) ? chosen : join(env.HOME || homedir(), '.config')
}

function ownUrl(host: string, portNumber: number): string {
  const everywhere = host === '0.0.0.0' || host === '::' || host === '127.0.0.1' || host === '::1'
  const name = everywhere ? 'localhost' : isIP(host) === 6 ? `[${host}]` : host
  return `http://${name}:${portNumber}`
}
