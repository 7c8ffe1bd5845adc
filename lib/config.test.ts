import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from './config.ts'
import type { Environment } from './config.ts'

const home = mkdtempSync(join(tmpdir(), 'coffer-config-'))
afterAll(() => rmSync(home, { recursive: true }))

const project = join(home, 'project')
const read = (env: Environment) => readConfig({ HOME: home, ...env }, project)

function problems(env: Environment): readonly string[] {
  try {
    read(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('readConfig', () => {
  it('needs nothing', () => {
    expect(read({})).toEqual({
      host: '127.0.0.1',
      consolePort: 3000,
      objectPort: 9000,
      ossPort: undefined,
      cosPort: undefined,
      dataDir: join(project, 'data'),
      rootKeyFile: join(home, '.config/coffer/root.key'),
      root: { driver: 'file', path: join(home, '.config/coffer/root.key') },
      keyServices: [],
      publicConsoleUrl: 'http://localhost:3000',
      publicObjectUrl: 'http://localhost:9000',
      objectDomains: [],
      ossDomains: [],
      cosDomains: [],
      corsOrigins: [],
      kmsRegions: undefined,
      kmsAuthorization: 'automatic',
      publicAccess: 'blocked',
      region: 'us-east-1',
      trustedProxies: [],
      defaultBucketEncryption: 'none',
      sessionHours: 12,
      serviceKeyPeriodDays: 90,
      restoreDelayMs: 0,
      scrubDays: 30,
      scrubBytesPerSecond: 20 * 2 ** 20,
      lifecycleHours: 24,
    })
  })

  it('treats an empty variable as an absent one', () => {
    expect(read({ COFFER_CONSOLE_PORT: '', COFFER_DATABASE_URL: '', COFFER_OBJECT_DOMAINS: ' ' })).toEqual(
      read({}),
    )
  })

  it('reads every setting', () => {
    const config = read({
      COFFER_CONSOLE_PORT: '8443',
      COFFER_OBJECT_PORT: '8444',
      COFFER_OSS_PORT: '8445',
      COFFER_COS_PORT: '8446',
      COFFER_HOST: '0.0.0.0',
      COFFER_DATA_DIR: '/srv/coffer',
      COFFER_ROOT_KEY_FILE: 'keys/root.key',
      COFFER_PUBLIC_CONSOLE_URL: 'https://files.example.org/',
      COFFER_PUBLIC_OBJECT_URL: 'https://s3.example.org:8444',
      COFFER_OBJECT_DOMAINS: 'S3.example.org, oss.example.org',
      COFFER_REGION: 'tw-1',
      COFFER_TRUSTED_PROXIES: '10.0.0.0/8,::1',
      COFFER_DEFAULT_BUCKET_ENCRYPTION: 'aws:kms',
      COFFER_SESSION_HOURS: '1',
      COFFER_SERVICE_KEY_PERIOD_DAYS: '30',
      COFFER_RESTORE_DELAY_SECONDS: '90',
      COFFER_SCRUB_DAYS: '0',
      COFFER_SCRUB_MIB_PER_SECOND: '5',
      COFFER_LIFECYCLE_HOURS: '1',
      COFFER_OSS_DOMAINS: 'OSS.example.org, files.example.org=photos',
      COFFER_COS_DOMAINS: 'COS.example.org',
      COFFER_CORS_ORIGINS: 'https://app.example.org, http://localhost:8080',
      COFFER_KMS_REGIONS: 'ap-beijing,ap-tokyo',
      COFFER_KMS_AUTHORIZATION: 'required',
      COFFER_PUBLIC_ACCESS: 'allowed',
    })
    expect(config).toEqual({
      host: '0.0.0.0',
      consolePort: 8443,
      objectPort: 8444,
      ossPort: 8445,
      cosPort: 8446,
      dataDir: '/srv/coffer',
      rootKeyFile: join(project, 'keys/root.key'),
      root: { driver: 'file', path: join(project, 'keys/root.key') },
      keyServices: [],
      publicConsoleUrl: 'https://files.example.org',
      publicObjectUrl: 'https://s3.example.org:8444',
      objectDomains: ['s3.example.org', 'oss.example.org'],
      ossDomains: ['oss.example.org', 'files.example.org=photos'],
      cosDomains: ['cos.example.org'],
      corsOrigins: ['https://app.example.org', 'http://localhost:8080'],
      kmsRegions: ['ap-beijing', 'ap-tokyo'],
      kmsAuthorization: 'required',
      publicAccess: 'allowed',
      region: 'tw-1',
      trustedProxies: ['10.0.0.0/8', '::1'],
      defaultBucketEncryption: 'aws:kms',
      sessionHours: 1,
      serviceKeyPeriodDays: 30,
      restoreDelayMs: 90_000,
      scrubDays: 0,
      scrubBytesPerSecond: 5 * 2 ** 20,
      lifecycleHours: 1,
    })
  })

  it('names the listening address in the public URLs unless it is any or loopback', () => {
    expect(read({ COFFER_HOST: '::' }).publicObjectUrl).toBe('http://localhost:9000')
    expect(read({ COFFER_HOST: '10.1.2.3' }).publicObjectUrl).toBe('http://10.1.2.3:9000')
    expect(read({ COFFER_HOST: 'fd00::1' }).publicConsoleUrl).toBe('http://[fd00::1]:3000')
  })

  it('follows XDG_CONFIG_HOME when it is absolute', () => {
    expect(read({ XDG_CONFIG_HOME: '/etc/xdg' }).rootKeyFile).toBe('/etc/xdg/coffer/root.key')
    expect(read({ XDG_CONFIG_HOME: 'xdg' }).rootKeyFile).toBe(join(home, '.config/coffer/root.key'))
  })

  it('gives every door a port of its own', () => {
    expect(problems({ COFFER_OSS_PORT: '9000', COFFER_COS_PORT: '3000' })).toEqual([
      'COFFER_CONSOLE_PORT and COFFER_COS_PORT are both 3000: give them two ports.',
      'COFFER_OBJECT_PORT and COFFER_OSS_PORT are both 9000: give them two ports.',
    ])
    expect(problems({ COFFER_OSS_PORT: '0' })).toEqual([
      'COFFER_OSS_PORT must be a whole number from 1 to 65535, or empty.',
    ])
  })

  it('lists every mistake at once', () => {
    const found = problems({
      COFFER_CONSOLE_PORT: '70000',
      COFFER_OBJECT_PORT: 'nine',
      COFFER_PUBLIC_CONSOLE_URL: 'https://example.org/console',
      COFFER_OBJECT_DOMAINS: 'ok.example.org,-bad-',
      COFFER_TRUSTED_PROXIES: '10.0.0.0/33,proxy',
      COFFER_DEFAULT_BUCKET_ENCRYPTION: 'AES',
      COFFER_DATABASE_URL: 'postgresql://localhost/coffer',
      COFFER_DATADIR: '/srv',
    })
    expect(found).toHaveLength(9)
    expect(found).toContain('COFFER_CONSOLE_PORT must be a whole number from 1 to 65535.')
    expect(found).toContain('COFFER_DEFAULT_BUCKET_ENCRYPTION must be none, AES256 or aws:kms.')
    expect(found.join()).toContain('holds "proxy", which is not an address')
    expect(found.join()).toContain('COFFER_DATADIR is not a setting')
    expect(found.join()).toContain('PostgreSQL is not supported yet')
  })

  it('lists what contradicts itself beside what is wrong by itself', () => {
    const found = problems({
      COFFER_SESSION_HOURS: '0',
      COFFER_OBJECT_PORT: '3000',
      COFFER_OSS_PORT: 'nine',
      COFFER_DATA_DIR: '/srv/coffer',
      COFFER_ROOT_KEY_FILE: '/srv/coffer/root.key',
    })
    expect(found).toHaveLength(4)
    expect(found.join()).toContain('COFFER_SESSION_HOURS must be')
    expect(found.join()).toContain('both 3000')
    expect(found.join()).toContain('lies inside')
  })

  it('never repeats the value of COFFER_DATABASE_URL, which may hold a password', () => {
    expect(problems({ COFFER_DATABASE_URL: 'postgresql://u:hunter2@h/d' }).join()).not.toContain('hunter2')
  })

  it('refuses one port for both listeners', () => {
    expect(problems({ COFFER_CONSOLE_PORT: '9000' }).join()).toContain('both 9000')
  })

  describe('the root key', () => {
    it.each([
      '/srv/coffer/root.key',
      '/srv/coffer/keys/root.key',
      '/srv/coffer/../coffer/root.key',
      '/srv/coffer',
    ])('must not lie inside the data folder: %s', (COFFER_ROOT_KEY_FILE) => {
      expect(problems({ COFFER_DATA_DIR: '/srv/coffer', COFFER_ROOT_KEY_FILE }).join()).toContain(
        'lies inside',
      )
    })

    it('may lie in a folder whose name only starts alike', () => {
      expect(
        problems({ COFFER_DATA_DIR: '/srv/coffer', COFFER_ROOT_KEY_FILE: '/srv/coffer-keys/root.key' }),
      ).toEqual([])
    })

    it('is found inside the data folder through a symbolic link', () => {
      mkdirSync(join(home, 'real'))
      symlinkSync(join(home, 'real'), join(home, 'link'))
      const found = problems({
        COFFER_DATA_DIR: join(home, 'real'),
        COFFER_ROOT_KEY_FILE: join(home, 'link/new/root.key'),
      })
      expect(found.join()).toContain('lies inside')
    })
  })
})
