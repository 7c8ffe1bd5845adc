import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keyProviderConformance } from '../conformance.ts'
import { ExternalKeyProvider } from './external.ts'
import { RemoteError } from './remote-cipher.ts'
import { VaultTransit } from './vault-transit.ts'
import type { VaultTransitOptions } from './vault-transit.ts'
import { startVaultPeer } from './vault-peer.test-support.ts'
import type { VaultPeer } from './vault-peer.test-support.ts'

let folder: string
let peer: VaultPeer

function secretFile(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, `${text}\n`, { mode: 0o600 })
  return path
}

function client(more: Partial<VaultTransitOptions> = {}): VaultTransit {
  const login = { kind: 'token' as const, file: secretFile('token', peer.token) }
  return new VaultTransit({
    address: peer.address,
    mount: 'transit',
    namespace: undefined,
    caFile: undefined,
    login,
    ...more,
  })
}

async function failure(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((e: unknown) => e)
  if (!(error instanceof RemoteError)) throw new Error('expected a RemoteError', { cause: error })
  expect(error.message).not.toContain(peer.token)
  return error.failure
}

function provider(name = 'hq'): ExternalKeyProvider {
  return new ExternalKeyProvider({ name, cipher: client(), sharedKey: undefined, cacheMs: 60_000 })
}

describe('providers', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-vault-'))
    peer = await startVaultPeer()
  })
  afterAll(async () => {
    await peer.stop()
    rmSync(folder, { recursive: true })
  })
  keyProviderConformance('a provider over Vault Transit', async () => provider())

  describe('over a Vault that ignores the context', () => {
    beforeAll(() => (peer.ignoresContext = true))
    afterAll(() => (peer.ignoresContext = false))
    keyProviderConformance('a provider over an old Vault', async () => provider())
  })
})

describe('the client', () => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-vault-'))
    peer = await startVaultPeer()
  })
  afterEach(async () => {
    await peer.stop()
    rmSync(folder, { recursive: true })
  })
  const context = { 'coffer:key': 'k' }

  test('opens what was sealed before a rotation', async () => {
    const vault = client()
    await vault.createKey('k')
    const before = await vault.encrypt('k', Buffer.from('before'), context)
    await vault.rotateKey('k')
    const after = await vault.encrypt('k', Buffer.from('after'), context)
    expect(after.readUInt32BE(0)).toBe(2)
    expect((await vault.decrypt('k', before, context)).toString()).toBe('before')
    expect((await vault.decrypt('k', after, context)).toString()).toBe('after')
  })

  test('making a key that is there changes nothing', async () => {
    const vault = client()
    await vault.createKey('k')
    const sealed = await vault.encrypt('k', Buffer.from('x'), context)
    await vault.createKey('k')
    expect((await vault.decrypt('k', sealed, context)).toString()).toBe('x')
  })

  test('tells a changed ciphertext from a key that is gone, revoked or trimmed', async () => {
    const vault = client()
    await vault.createKey('k')
    const sealed = await vault.encrypt('k', randomBytes(32), context)
    expect(await failure(vault.decrypt('k', sealed, { 'coffer:key': 'other' }))).toBe('invalid')
    expect(await failure(vault.decrypt('k', Buffer.concat([sealed, Buffer.alloc(1)]), context))).toBe(
      'invalid',
    )
    expect(await failure(vault.decrypt('gone', sealed, context))).toBe('refused')
    peer.keys.get('k')!.minDecryption = 2
    expect(await failure(vault.decrypt('k', sealed, context))).toBe('refused')
    peer.status = 503
    expect(await failure(vault.decrypt('k', sealed, context))).toBe('busy')
    await peer.stop()
    expect(await failure(vault.decrypt('k', sealed, context))).toBe('away')
  })

  test('logs in by AppRole, and once more when its token was revoked', async () => {
    const roleIdFile = secretFile('role', peer.role.roleId)
    chmodSync(roleIdFile, 0o644)
    const vault = client({
      login: { kind: 'approle', roleIdFile, secretIdFile: secretFile('secret', peer.role.secretId) },
    })
    await vault.createKey('k')
    await vault.encrypt('k', Buffer.from('x'), context)
    expect(peer.calls.filter(({ path }) => path.endsWith('/login'))).toHaveLength(1)
    peer.token = 'hvs.another'
    await vault.encrypt('k', Buffer.from('x'), context)
    expect(peer.calls.filter(({ path }) => path.endsWith('/login'))).toHaveLength(2)
    peer.role = { ...peer.role, secretId: 'replaced' }
    peer.token = 'hvs.a-third'
    expect(await failure(vault.encrypt('k', Buffer.from('x'), context))).toBe('refused')
  })

  test('reads its token file again when the token expired', async () => {
    const vault = client()
    await vault.createKey('k')
    peer.token = 'hvs.renewed'
    expect(await failure(vault.encrypt('k', Buffer.from('x'), context))).toBe('refused')
    secretFile('token', peer.token)
    await vault.encrypt('k', Buffer.from('x'), context)
  })

  test('refuses a token file that others may read', async () => {
    const file = secretFile('open-token', peer.token)
    chmodSync(file, 0o644)
    const vault = client({ login: { kind: 'token', file } })
    expect(await failure(vault.createKey('k'))).toBe('refused')
    expect(peer.calls).toEqual([])
  })

  test('names its namespace', async () => {
    await client({ namespace: 'team/a' }).createKey('k')
    expect(peer.calls).toEqual([{ path: '/v1/transit/keys/k', namespace: 'team/a' }])
  })

  test('trusts the authority it was given and no other', async () => {
    const tls = await startVaultPeer({ folder })
    const login = { kind: 'token' as const, file: secretFile('tls-token', tls.token) }
    try {
      const trusting = client({ address: tls.address, login, caFile: join(folder, 'ca.pem') })
      await trusting.createKey('k')
      expect(await failure(client({ address: tls.address, login }).createKey('k'))).toBe('away')
      expect(tls.calls).toHaveLength(1)
    } finally {
      await tls.stop()
    }
  })

  test('follows no redirect with its token', async () => {
    const reached: unknown[] = []
    const server = createServer((request, response) => {
      reached.push(request.headers['x-vault-token'])
      response.writeHead(307, { location: `${peer.address}/v1/transit/keys/k` }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await failure(client({ address }).createKey('k'))).toBe('away')
    expect(reached).toHaveLength(1)
    expect(peer.calls).toEqual([])
    server.closeAllConnections()
    server.close()
  })

  test('gives up a service that accepts and says nothing', async () => {
    const server = createServer(() => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await failure(client({ address, attemptMs: 50 }).createKey('k'))).toBe('away')
    server.closeAllConnections()
    server.close()
  })
})
