import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newEvent } from '../audit/audit.test-support.ts'
import { createAuditLog } from '../audit/log.ts'
import type { AuditLog } from '../audit/model.ts'
import { openTestDatabase, type TestDatabase } from '../db/db.test-support.ts'
import type { Caller, ProjectRole } from '../store/model.ts'
import { createAuditReading, type AuditReading } from './audit-reading.ts'

const ORIGIN = { requestId: 'r', remoteAddress: '192.0.2.1', secure: true }
const projectId = randomUUID()
const caller = (role: ProjectRole, project = projectId): Caller & { kind: 'member' } => ({
  kind: 'member',
  userId: 'u',
  projectId: project,
  role,
  account: '123456789012',
})

let database: TestDatabase
let audit: AuditLog
let reading: AuditReading
beforeEach(async () => {
  database = await openTestDatabase()
  audit = createAuditLog({ repository: database.audit, headKey: Buffer.alloc(32) })
  reading = createAuditReading({ repository: database.audit, audit, clock: () => Date.UTC(2026, 10, 21, 12) })
})
afterEach(() => database.dispose())

async function linesOf(stream: AsyncIterable<Buffer>): Promise<string[]> {
  let text = ''
  for await (const piece of stream) text += piece.toString()
  return text.split(/\r?\n/).slice(0, -1)
}

describe('who may read the log', () => {
  const roles: [ProjectRole, boolean][] = [
    ['owner', true],
    ['administrator', true],
    ['auditor', true],
    ['member', false],
    ['reader', false],
  ]
  test.each(roles)('%s: %s', async (role, may) => {
    const search = reading.search(caller(role), {}, { limit: 10 }, ORIGIN)
    const exported = reading.export(caller(role), {}, 'ndjson', ORIGIN)
    for (const asked of [search, exported]) {
      if (may) await asked
      else await expect(asked).rejects.toMatchObject({ code: 'AccessDenied' })
    }
  })

  test('a project sees its own records only, also what was recorded this moment', async () => {
    audit.record(newEvent({ projectId, requestId: 'mine' }))
    audit.record(newEvent({ projectId: 'another' }))
    audit.record(newEvent({ projectId: undefined }))
    const { records, head, next } = await reading.search(caller('auditor'), {}, { limit: 10 }, ORIGIN)
    expect(records.map(({ requestId }) => requestId)).toEqual(['mine'])
    expect(next).toBeUndefined()
    expect(head).toMatchObject({ sequence: 3 })
  })

  test('pages follow each other without gap', async () => {
    for (let i = 0; i < 25; i++) audit.record(newEvent({ projectId, requestId: String(i) }))
    const found: (string | undefined)[] = []
    let before: number | undefined
    do {
      const page = await reading.search(caller('owner'), {}, { before, limit: 10 }, ORIGIN)
      found.push(...page.records.map(({ requestId }) => requestId))
      before = page.next
    } while (before !== undefined)
    expect(found).toEqual(Array.from({ length: 25 }, (_, i) => String(24 - i)))
  })
})

describe('exports', () => {
  test('hold what fits and the hashes of all else, and are acts themselves', async () => {
    await audit.append(newEvent({ projectId, objectKey: 'a', bucket: 'b' }))
    await audit.append(newEvent({ projectId: 'another', objectKey: 'hidden' }))
    const lines = await linesOf(await reading.export(caller('auditor'), {}, 'ndjson', ORIGIN))
    const [first, link, itself, last] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(first).toMatchObject({ sequence: 1, projectId, objectKey: 'a', sourceAddress: '127.0.0.1' })
    expect(Object.keys(link!)).toEqual(['sequence', 'previousHash', 'hash'])
    expect(itself).toMatchObject({ action: 'coffer:ExportAuditLog', details: { format: 'ndjson' } })
    expect(last).toEqual({ head: expect.objectContaining({ sequence: 3, hash: itself!['hash'] }) as unknown })
    expect(lines).toHaveLength(4)
  })

  test('as CSV compute nothing in a spreadsheet', async () => {
    const names = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', ' =1', '|calc', 'a"b,c\nd', 'plain']
    for (const objectKey of names) audit.record(newEvent({ projectId, objectKey }))
    const stream = await reading.export(caller('owner'), { objectPrefix: '' }, 'csv', ORIGIN)
    let text = ''
    for await (const piece of stream) text += piece.toString()
    for (const name of names.slice(0, -2)) expect(text).toContain(`,"'${name}",`)
    expect(text).toContain(',"a""b,c\nd",')
    expect(text).toContain(',"plain",')
    expect(text).not.toMatch(/(^|,|\n)"?[=+@|＝]/)
  })
})

describe('usage of a key', () => {
  test('is summed by day, person and action, with what the month will come to', async () => {
    const at = (day: number) => Date.UTC(2026, 10, day, 6)
    const use = { projectId, keyId: 'k' }
    for (let day = 11; day <= 20; day++)
      for (let i = 0; i < 4; i++) audit.record(newEvent({ ...use, at: at(day) }))
    audit.record(newEvent({ ...use, at: at(21), result: 'AccessDenied', action: 'kms:Encrypt' }))
    audit.record(newEvent({ ...use, keyId: 'other', at: at(21) }))
    const usage = await reading.keyUsage(caller('member'), 'k', 3, ORIGIN)
    expect(usage.days.map(({ calls, denied }) => [calls, denied])).toEqual([
      [4, 0],
      [4, 0],
      [1, 1],
    ])
    expect(usage.members).toEqual([{ userId: 'user', name: undefined, calls: 9, denied: 1 }])
    expect(usage.actions).toEqual([
      { action: 'kms:Decrypt', calls: 8, denied: 0 },
      { action: 'kms:Encrypt', calls: 1, denied: 1 },
    ])
    // 41 by noon of the 21st; ten whole days at 4 calls, nine and a half days to go
    expect(usage.month).toEqual({ calls: 41, expected: 41 + 38 })
  })

  test('expects nothing before the first whole day', async () => {
    await audit.append(newEvent({ projectId, keyId: 'k', at: Date.UTC(2026, 10, 21, 6) }))
    const { month } = await reading.keyUsage(caller('owner'), 'k', 30, ORIGIN)
    expect(month).toEqual({ calls: 1, expected: 1 })
  })
})
