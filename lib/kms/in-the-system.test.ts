import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSystem } from '../dialects/testing/running-system.ts'
import type { RunningSystem } from '../dialects/testing/running-system.ts'
import { codeOf, CONTEXT, NEW_KEY } from './kms.test-support.ts'

let running: RunningSystem
beforeAll(async () => {
  running = await startSystem()
})
afterAll(() => running.stop())

test('the whole system keeps keys, and its audit log knows each act and use by key and version', async () => {
  const { system, projectId, accountNumber, dataDir } = running
  const owner = { kind: 'member', userId: 'u1', projectId, role: 'owner', account: accountNumber } as const
  const auditor = { ...owner, userId: 'u2', role: 'auditor' } as const
  const { keyId } = await system.kms.run('CreateKey', { ...NEW_KEY, alias: 'alias/a' }, owner, CONTEXT)
  const asked = { keyId: 'alias/a', plaintext: Buffer.from('x'), context: {}, grantTokens: [] }
  const { ciphertext } = await system.kms.run('Encrypt', asked, owner, CONTEXT)
  await system.kms.run('RotateKeyOnDemand', { keyId }, owner, CONTEXT)
  const opening = { keyId: undefined, ciphertext, context: {}, grantTokens: [] }
  const opened = await system.kms.run('Decrypt', opening, owner, CONTEXT)
  expect(opened.plaintext.toString()).toBe('x')
  expect(await codeOf(system.kms.run('Decrypt', opening, auditor, CONTEXT))).toBe('AccessDenied')
  expect(system.keyServices()).toEqual([])
  await system.audit.flush()
  const sql = new SqliteDatabase(join(dataDir, 'coffer.db'), { readonly: true })
  const rows = sql
    .prepare(
      'SELECT action, user_id, key_version, result FROM audit_event WHERE key_id = ? ORDER BY sequence',
    )
    .raw()
    .all(keyId)
  sql.close()
  // Uses are written in batches, so they may come after an act that came after them.
  expect(new Set(rows.map((row) => JSON.stringify(row)))).toEqual(
    new Set(
      [
        ['kms:CreateKey', 'u1', 1, 'Success'],
        ['kms:Encrypt', 'u1', 1, 'Success'],
        ['kms:RotateKeyOnDemand', 'u1', 2, 'Success'],
        ['kms:Decrypt', 'u1', 1, 'Success'],
        ['kms:Decrypt', 'u2', null, 'AccessDenied'],
      ].map((row) => JSON.stringify(row)),
    ),
  )
})
