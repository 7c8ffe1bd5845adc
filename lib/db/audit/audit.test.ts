import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { arbitraryEvent, newEvent } from '../../audit/audit.test-support.ts'
import { isGenuineHead, recordHash } from '../../audit/chain.ts'
import { fits } from '../../audit/filter.ts'
import { createAuditLog } from '../../audit/log.ts'
import type { AuditEvent, AuditLog, AuditRecord } from '../../audit/model.ts'
import { openTestDatabase, type TestDatabase } from '../db.test-support.ts'

const headKey = Buffer.alloc(32, 7)
const NEWEST = Number.MAX_SAFE_INTEGER

let database: TestDatabase
let audit: AuditLog
beforeEach(async () => {
  database = await openTestDatabase()
  audit = createAuditLog({ repository: database.audit, headKey })
})
afterEach(() => database.dispose())

async function wholeChain(): Promise<AuditRecord[]> {
  const records = await database.audit.chain(0, 1_000_000)
  let previousHash: Buffer = Buffer.alloc(32)
  for (const [i, record] of records.entries()) {
    expect(record.sequence).toBe(i + 1)
    expect(record.previousHash).toEqual(previousHash)
    expect(recordHash(record)).toEqual(record.hash)
    previousHash = record.hash
  }
  return records
}

const plain = ({ sequence: _, previousHash: _p, hash: _h, ...event }: AuditRecord): AuditEvent => event

describe('the chain in the database', () => {
  test('keeps events in the order of their reports, recorded and appended alike', async () => {
    const events = Array.from({ length: 700 }, (_, i) => newEvent({ requestId: String(i) }))
    const acts: Promise<void>[] = []
    events.forEach((event, i) => {
      if (i % 50 === 49) acts.push(audit.append(event))
      else audit.record(event)
    })
    await Promise.all(acts)
    await audit.flush()
    expect((await wholeChain()).map(plain)).toEqual(events)
  })

  test('gives any event back as it was hashed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryEvent, { minLength: 1, maxLength: 5 }), async (events) => {
        for (const event of events) audit.record(event)
        await audit.flush()
        await wholeChain()
      }),
      { numRuns: 60 },
    )
  })

  test('has a head that only the root can make, at its last record', async () => {
    expect(await database.audit.head()).toBeUndefined()
    await audit.append(newEvent())
    await audit.append(newEvent())
    const head = (await database.audit.head())!
    expect(head).toMatchObject({ sequence: 2, hash: (await wholeChain())[1]!.hash })
    expect(isGenuineHead(headKey, head)).toBe(true)
    expect(isGenuineHead(Buffer.alloc(32, 8), head)).toBe(false)
    expect(isGenuineHead(headKey, { ...head, sequence: 1 })).toBe(false)
  })

  test('goes on where another run ended', async () => {
    await audit.append(newEvent())
    const next = createAuditLog({ repository: database.audit, headKey })
    await next.append(newEvent())
    expect(await wholeChain()).toHaveLength(2)
  })

  test('writes nothing of a transaction that fails', async () => {
    await expect(
      database.audit.extend(() => {
        throw new Error('refused')
      }),
    ).rejects.toThrow('refused')
    expect(await database.audit.end()).toBeUndefined()
  })
})

describe('key uses', () => {
  const DAY = 86_400_000
  test('are counted by key, person, day and action in the transaction of their events', async () => {
    const use = { keyId: 'k', at: 20_000 * DAY + 5 }
    audit.record(newEvent({ ...use, actor: newEvent().actor }))
    audit.record(newEvent({ ...use, result: 'AccessDenied' }))
    audit.record(newEvent({ ...use, at: use.at + DAY }))
    audit.record(newEvent({ ...use, action: 'kms:GenerateDataKey' }))
    audit.record(newEvent({ ...use, action: 's3:PutBucketPolicy' }))
    audit.record(newEvent({ ...use, keyId: undefined }))
    audit.record(newEvent({ ...use, actor: { ...newEvent().actor, userId: undefined } }))
    await audit.flush()
    await audit.append(newEvent(use))
    const counts = (await database.audit.keyUses('k', 20_000)).map(
      ({ userId, day, action, calls, denied }) => [userId, day, action, calls, denied],
    )
    expect(counts).toEqual([
      ['', 20_000, 'kms:Decrypt', 1, 0],
      ['user', 20_000, 'kms:Decrypt', 3, 1],
      ['user', 20_000, 'kms:GenerateDataKey', 1, 0],
      ['user', 20_001, 'kms:Decrypt', 1, 0],
    ])
    expect(await database.audit.keyUses('k', 20_001)).toHaveLength(1)
  })
})

describe('the search', () => {
  /** Its records whatever the windows, by paging to the end. */
  async function search(filter: Parameters<TestDatabase['audit']['findBefore']>[0], limit = 7) {
    const found: AuditRecord[] = []
    let before: number | undefined = NEWEST
    while (before !== undefined) {
      const page = await database.audit.findBefore(filter, before, limit)
      found.push(...page.records)
      before = page.scannedTo
    }
    return found
  }

  test('finds exactly what fits, newest first, in pages without gap or double', async () => {
    const seed = Date.now() % 2 ** 31
    console.warn(`audit search: seed ${seed}`)
    const pick = <T>(...of: T[]) => fc.constantFrom(...of)
    const events = fc.sample(
      fc.record({
        at: fc.integer({ min: 0, max: 50 }),
        projectId: pick('p', 'q', undefined),
        userId: pick('u', 'v', undefined),
        accessKeyId: pick('AK', undefined),
        action: pick('kms:Decrypt', 'kms:Encrypt', 's3:CreateBucket'),
        keyId: pick('k', 'l', undefined),
        bucket: pick('b', undefined),
        objectKey: pick('a/1', 'a%1', 'A/1', 'ä/1', undefined),
        result: pick('Success', 'AccessDenied'),
      }),
      { numRuns: 400, seed },
    )
    for (const { userId, accessKeyId, ...event } of events)
      audit.record(newEvent({ ...event, actor: { userId, accessKeyId, sourceAddress: undefined } }))
    await audit.flush()
    const all = await wholeChain()
    const filters = fc.sample(
      fc.record({
        projectId: pick('p', 'q', undefined),
        from: pick(10, undefined),
        to: pick(40, undefined),
        keyId: pick('k', undefined, undefined),
        userId: pick('u', undefined, undefined),
        accessKeyId: pick('AK', undefined, undefined),
        action: pick('kms:', 'kms:Decrypt', undefined),
        result: pick('success' as const, 'refused' as const, undefined),
        bucket: pick('b', undefined, undefined),
        objectPrefix: pick('a', 'a%', 'ä/', undefined, undefined),
      }),
      { numRuns: 150, seed },
    )
    for (const f of filters) {
      const expected = all.filter((record) => fits(f, record)).map(({ sequence }) => sequence)
      expect((await search(f)).map(({ sequence }) => sequence)).toEqual(expected.toReversed())
      const upwards = await database.audit.findAfter(f, 0, 1000)
      expect(upwards.records.map(({ sequence }) => sequence)).toEqual(expected)
    }
  })

  test('looks at a limited number of rows and says where to go on', async () => {
    for (let i = 0; i < 10_050; i++) audit.record(newEvent({ projectId: 'p', action: i === 3 ? 'x' : 'y' }))
    await audit.flush()
    const first = await database.audit.findBefore({ projectId: 'p', action: 'x' }, NEWEST, 10)
    expect(first).toEqual({ records: [], scannedTo: 51 })
    const second = await database.audit.findBefore({ projectId: 'p', action: 'x' }, 51, 10)
    expect(second.records.map(({ sequence }) => sequence)).toEqual([4])
    expect(second.scannedTo).toBeUndefined()
  })
})
