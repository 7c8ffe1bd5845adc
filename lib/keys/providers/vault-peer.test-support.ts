import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** A test's hold on the peer. */
export interface VaultPeer {
  address: string
  /** a token that is accepted; change it to revoke */
  token: string
  role: { roleId: string; secretId: string }
  keys: Map<string, { versions: Buffer[]; minDecryption: number }>
  /** requests that arrived, without bodies */
  calls: { path: string; namespace: string | undefined }[]
  /** answers this status to everything while it is set, e.g. 503 for sealed */
  status: number | undefined
  /** an old Vault, which does not know associated_data and ignores it */
  ignoresContext: boolean
  stop(): Promise<void>
}

/**
 * A local peer that speaks Vault's Transit and AppRole HTTP API as documented, with the texts of its errors: no real
 * Vault or OpenBao can be installed where the tests run (neither npm nor Debian has one).
 */
export async function startVaultPeer(tls?: { folder: string }): Promise<VaultPeer> {
  const peer: VaultPeer = {
    address: '',
    token: `hvs.${randomUUID()}`,
    role: { roleId: randomUUID(), secretId: randomUUID() },
    keys: new Map(),
    calls: [],
    status: undefined,
    ignoresContext: false,
    stop: async () => undefined,
  }
  const listener: http.RequestListener = (request, response) => void answer(peer, request, response)
  const server = tls ? https.createServer(certificate(tls.folder), listener) : http.createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  peer.address = `${tls ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}`
  peer.stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return peer
}

/** A certificate of its own authority for localhost; `ca.pem` in the folder is what a client must trust. */
function certificate(folder: string): { key: Buffer; cert: Buffer } {
  const key = join(folder, 'peer.key')
  const cert = join(folder, 'ca.pem')
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
  execFileSync(
    'openssl',
    [...args, '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
    {
      stdio: 'ignore',
    },
  )
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

async function answer(peer: VaultPeer, request: http.IncomingMessage, response: http.ServerResponse) {
  let text = ''
  for await (const part of request) text += String(part)
  const namespace = request.headers['x-vault-namespace']
  peer.calls.push({
    path: request.url ?? '',
    namespace: namespace === undefined ? undefined : String(namespace),
  })
  const { status, body } = decide(peer, request, text)
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(body === undefined ? '' : JSON.stringify(body))
}

interface Reply {
  status: number
  body?: object
}

function decide(peer: VaultPeer, request: http.IncomingMessage, text: string): Reply {
  if (peer.status !== undefined) return fails(peer.status, 'Vault is sealed')
  const body = JSON.parse(text || '{}') as Record<string, string>
  const path = request.url ?? ''
  if (path === '/v1/auth/approle/login') return login(peer, body)
  if (request.headers['x-vault-token'] !== peer.token) return fails(403, 'permission denied')
  const [, verb, name = '', rotate] =
    /^\/v1\/transit\/(keys|encrypt|decrypt)\/([\w.-]+)(\/rotate)?$/.exec(path) ?? []
  if (verb === 'keys') return keys(peer, name, rotate !== undefined)
  if (verb === 'encrypt') return encrypt(peer, name, body)
  if (verb === 'decrypt') return decrypt(peer, name, body)
  return fails(404, 'no handler for route')
}

function login({ role, token }: VaultPeer, body: Record<string, string>): Reply {
  if (body.role_id !== role.roleId || body.secret_id !== role.secretId)
    return fails(400, 'invalid role or secret ID')
  return { status: 200, body: { auth: { client_token: token, lease_duration: 1200, renewable: true } } }
}

function keys(peer: VaultPeer, name: string, rotate: boolean): Reply {
  const key = peer.keys.get(name)
  if (rotate && key === undefined) return fails(400, 'encryption key not found')
  if (key === undefined) peer.keys.set(name, { versions: [randomBytes(32)], minDecryption: 1 })
  else if (rotate) key.versions.push(randomBytes(32))
  return { status: 200, body: { data: { name } } }
}

function encrypt(peer: VaultPeer, name: string, body: Record<string, string>): Reply {
  const key = peer.keys.get(name)
  if (key === undefined) return fails(400, 'encryption key not found')
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key.versions.at(-1)!, nonce)
  cipher.setAAD(associatedData(peer, body))
  const sealed = Buffer.concat([
    nonce,
    cipher.update(body.plaintext!, 'base64'),
    cipher.final(),
    cipher.getAuthTag(),
  ])
  return {
    status: 200,
    body: { data: { ciphertext: `vault:v${key.versions.length}:${sealed.toString('base64')}` } },
  }
}

function decrypt(peer: VaultPeer, name: string, body: Record<string, string>): Reply {
  const key = peer.keys.get(name)
  if (key === undefined) return fails(400, 'encryption key not found')
  const [, number, base64 = ''] = /^vault:v(\d+):(.*)$/.exec(body.ciphertext!) ?? []
  if (number === undefined) return fails(400, 'invalid ciphertext: no prefix')
  // Compatibility mode: where keys once started at zero.
  const version = Number(number) || 1
  if (version > key.versions.length) return fails(400, 'invalid ciphertext: version is too new')
  if (version < key.minDecryption)
    return fails(400, 'ciphertext or signature version is disallowed by policy (too old)')
  const sealed = Buffer.from(base64, 'base64')
  if (sealed.length < 28) return fails(400, 'invalid ciphertext length')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.versions[version - 1]!, sealed.subarray(0, 12))
    decipher.setAAD(associatedData(peer, body))
    decipher.setAuthTag(sealed.subarray(-16))
    const plaintext = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
    return { status: 200, body: { data: { plaintext: plaintext.toString('base64') } } }
  } catch {
    return fails(400, 'cipher: message authentication failed')
  }
}

function associatedData({ ignoresContext }: VaultPeer, body: Record<string, string>): Buffer {
  return Buffer.from(ignoresContext ? '' : (body.associated_data ?? ''), 'base64')
}

function fails(status: number, error: string): Reply {
  return { status, body: { errors: [error] } }
}
