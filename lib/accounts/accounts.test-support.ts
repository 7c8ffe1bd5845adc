import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { ListedAudit } from '../audit/audit.test-support.ts'
import type { SecretSealer } from './access-keys.ts'
import type { AccountRepository } from './account-repository.ts'
import { createAccounts } from './accounts-service.ts'
import { MemoryAccountRepository } from './memory-account-repository.test-support.ts'

/** A sealer as good as the keyring's for these tests: accounts may not import keys. */
export function testSealer(): SecretSealer {
  const key = randomBytes(32)
  return {
    seal(label, binding, bytes) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(`${label}\0${binding}`))
      return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
    },
    open(label, binding, sealed) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
      decipher.setAAD(Buffer.from(`${label}\0${binding}`)).setAuthTag(sealed.subarray(-16))
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
    },
  }
}

export const PASSWORD = 'correct horse battery'

/** Accounts over memory with a clock that tests turn. */
export function testAccounts<R extends AccountRepository = MemoryAccountRepository>(
  repository?: R,
  sealer = testSealer(),
) {
  const time = { now: Date.parse('2026-11-21T00:00:00Z') }
  const projectKeys: string[] = []
  const audit = new ListedAudit()
  const rows = repository ?? (new MemoryAccountRepository() as AccountRepository as R)
  const accounts = createAccounts({
    repository: rows,
    sealer,
    sessionHours: 12,
    createProjectKey: async (projectId) => void projectKeys.push(projectId),
    audit,
    clock: () => time.now,
  })
  return { accounts, audit, repository: rows, projectKeys, time, sealer }
}

/** Accounts with a first project and its first administrator. */
export async function settledAccounts() {
  const made = testAccounts()
  const project = await made.accounts.ensureFirstProject({ name: 'Default project' })
  const token = await made.accounts.createWelcomeToken()
  const person = { token, email: 'Ada@Example.org', name: 'Ada', password: PASSWORD }
  const session = await made.accounts.createFirstAdministrator(person)
  return { ...made, project, session, userId: session.userId, token }
}
