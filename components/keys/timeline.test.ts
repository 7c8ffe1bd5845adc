import { expect, test } from 'vitest'
import type { AuditRecord } from '@/lib/console/schemas-audit'
import { timelineOf } from './timeline'

let sequence = 1000
/** as the log answers: each older than the one before */
function record(action: string, at: number, more: Partial<AuditRecord> = {}): AuditRecord {
  sequence -= 1
  return {
    sequence,
    at,
    action,
    result: 'Success',
    userId: 'ada',
    details: {},
    previousHash: '',
    hash: '',
    ...more,
  }
}

test('a version and the act that made it are one line, with who did it', () => {
  const entries = timelineOf(
    [
      { version: 1, at: 1000, type: 'CREATION' },
      { version: 2, at: 900_000, type: 'ON_DEMAND' },
    ],
    [record('kms:RotateKeyOnDemand', 900_020), record('kms:CreateKey', 1010)],
    true,
  )
  expect(entries.map(({ id, userId }) => [id, userId])).toEqual([
    ['v2', 'ada'],
    ['v1', 'ada'],
  ])
})

test('a rotation by the clock has nobody', () =>
  expect(timelineOf([{ version: 2, at: 5000, type: 'AUTOMATIC' }], [], true)).toMatchObject([
    { userId: undefined },
  ]))

test('runs of the same act by the same person are one line; a refusal breaks the run', () => {
  const uses = [9, 8, 7].map((at) => record('kms:Decrypt', at, { bucket: 'b', objectKey: `o${at}` }))
  const entries = timelineOf(
    [],
    [
      ...uses,
      record('kms:Decrypt', 6, { result: 'AccessDenied', bucket: 'b', objectKey: 'x' }),
      record('kms:Decrypt', 5),
      record('kms:Decrypt', 4, { userId: 'rita' }),
    ],
    true,
  )
  expect(entries).toMatchObject([
    { count: 3, at: 9, since: 7, object: '' },
    { count: 1, result: 'AccessDenied', object: 'b/x' },
    { count: 1, userId: 'ada' },
    { count: 1, userId: 'rita' },
  ])
})

test('looking is no event, unless it was refused', () => {
  const entries = timelineOf(
    [],
    [
      record('kms:DescribeKey', 9),
      record('kms:GetBlastRadius', 8),
      record('kms:GetKeyPolicy', 7, { result: 'AccessDenied' }),
      record('kms:GetParametersForImport', 6),
    ],
    true,
  )
  expect(entries.map((entry) => 'action' in entry && entry.action)).toEqual([
    'kms:GetKeyPolicy',
    'kms:GetParametersForImport',
  ])
})

test('a version older than what is loaded waits for its time', () => {
  const versions = [{ version: 1, at: 1000, type: 'CREATION' }] as const
  const records = [record('kms:Decrypt', 9_000_000)]
  expect(timelineOf(versions, records, false)).toHaveLength(1)
  expect(timelineOf(versions, records, true)).toHaveLength(2)
})

test('a rotation in between ends a run', () => {
  const records = [
    record('kms:Decrypt', 900_000),
    record('kms:RotateKeyOnDemand', 800_000),
    record('kms:Decrypt', 700_000),
  ]
  const entries = timelineOf([{ version: 2, at: 800_000, type: 'ON_DEMAND' }], records, true)
  expect(entries.map(({ kind }) => kind)).toEqual(['records', 'version', 'records'])
})
