import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryEvent, newEvent } from './audit.test-support.ts'
import { canonicalBytes } from './canonical-bytes.ts'
import { CHAIN_START, link, recordHash } from './chain.ts'
import type { AuditEvent } from './model.ts'
import { wellFormed } from './well-formed.ts'

const placed = (event: AuditEvent) => ({ ...event, sequence: 1, previousHash: CHAIN_START })

/** Equal as the log keeps it: the order of details says nothing. */
function sameEvent(a: AuditEvent, b: AuditEvent): boolean {
  const told = ({ details, ...event }: AuditEvent) =>
    JSON.stringify(
      [event, Object.entries(details).sort(([x], [y]) => (x < y ? -1 : 1))],
      (_, value: unknown) => (value === undefined ? null : value),
    )
  return told(a) === told(b)
}

describe('canonical bytes', () => {
  test('are what the comment says, to the byte', () => {
    const event = newEvent({ at: 5, keyVersion: 12, details: { b: true, a: 'ä' } })
    const text = (type: number, value: string) => {
      const bytes = Buffer.from(value)
      const head = Buffer.from([type, 0, 0, 0, bytes.length])
      return Buffer.concat([head, bytes])
    }
    const absent = Buffer.from([0])
    const expected = Buffer.concat([
      Buffer.from('coffer/audit/v1\0'),
      Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]),
      CHAIN_START,
      Buffer.from([0, 0, 0, 0, 0, 0, 0, 5]),
      text(1, 'project'),
      text(1, 'user'),
      absent,
      text(1, '127.0.0.1'),
      text(1, 'kms:Decrypt'),
      absent,
      text(2, '12'),
      absent,
      absent,
      text(1, 'Success'),
      absent,
      Buffer.from([0, 0, 0, 2]),
      text(1, 'a'),
      text(1, 'ä'),
      text(1, 'b'),
      text(3, 'true'),
    ])
    expect(canonicalBytes(placed(event))).toEqual(expected)
  })

  test('differ where events differ', () => {
    fc.assert(
      fc.property(arbitraryEvent, arbitraryEvent, (one, other) => {
        const [a, b] = [wellFormed(one), wellFormed(other)]
        expect(canonicalBytes(placed(a)).equals(canonicalBytes(placed(b)))).toBe(sameEvent(a, b))
      }),
      { numRuns: 500 },
    )
  })

  test('differ for texts moved between neighbours, and for absent and empty', () => {
    const pairs: [Partial<AuditEvent>, Partial<AuditEvent>][] = [
      [
        { bucket: 'ab', objectKey: 'c' },
        { bucket: 'a', objectKey: 'bc' },
      ],
      [{ bucket: '' }, { bucket: undefined }],
      [{ keyId: 'x' }, { bucket: 'x' }],
      [{ details: { n: 1 } }, { details: { n: '1' } }],
      [{ details: { n: true } }, { details: { n: 'true' } }],
      [{ details: { a: 'b' } }, { details: { ab: '' } }],
    ]
    for (const [one, other] of pairs)
      expect(canonicalBytes(placed(newEvent(one)))).not.toEqual(canonicalBytes(placed(newEvent(other))))
  })
})

test('a chain links each record to the one before, from any end', () => {
  const events = [newEvent(), newEvent({ requestId: 'a' }), newEvent()]
  const whole = link(undefined, events)
  expect(whole.map(({ sequence }) => sequence)).toEqual([1, 2, 3])
  expect(whole[0]!.previousHash).toEqual(CHAIN_START)
  expect(whole[2]!.previousHash).toEqual(whole[1]!.hash)
  expect(recordHash(whole[2]!)).toEqual(whole[2]!.hash)
  expect([...link(undefined, events.slice(0, 1)), ...link(whole[0], events.slice(1))]).toEqual(whole)
})

test('an event is cut to what the log keeps', () => {
  const long = 'x'.repeat(5000)
  const details = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${long}${i}`, long]))
  const kept = wellFormed(newEvent({ objectKey: long, details: { ...details }, at: 1.5 }))
  expect(canonicalBytes(placed(kept)).length).toBeLessThan(80_000)
  expect(kept.at).toBe(1)
  expect(wellFormed(newEvent({ details: { n: NaN, z: -0, s: '\ud800' } })).details).toEqual({
    n: 'NaN',
    z: 0,
    s: '\ufffd',
  })
})
