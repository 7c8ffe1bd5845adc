import { describe, expect, test } from 'vitest'
import { AttemptLimit } from './attempt-limits.ts'
import { createGate } from './gate.ts'
import { networkOf } from './sign-in-limits.ts'

describe('the network that is counted', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('%s → %s', (address, network) => expect(networkOf(address)).toBe(network))
})

describe('a limit of attempts', () => {
  const options = { free: 1, firstDelayMs: 1000, longestDelayMs: 5000, forgetAfterMs: 60_000, limit: 3 }

  test('doubles its delay up to the longest, and forgets', () => {
    let now = 0
    const limit = new AttemptLimit({ ...options, now: () => now })
    const delays = [1, 2, 3, 4, 5, 6].map(() => {
      limit.count('a')
      return limit.delay('a')
    })
    expect(delays).toEqual([0, 1000, 2000, 4000, 5000, 5000])
    now = 60_000
    expect(limit.delay('a')).toBe(0)
    limit.count('a')
    expect(limit.delay('a')).toBe(0)
  })

  test('stays the longest after thousands of failures', () => {
    const limit = new AttemptLimit({ ...options, now: () => 0 })
    for (let i = 0; i < 5000; i++) limit.count('a')
    expect(limit.delay('a')).toBe(5000)
  })

  test('remembers a bounded number of names, the latest', () => {
    const limit = new AttemptLimit({ ...options, now: () => 0 })
    for (const name of ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd']) limit.count(name)
    expect(['a', 'b', 'c', 'd'].map((name) => limit.delay(name))).toEqual([0, 1000, 1000, 1000])
  })
})

describe('a gate', () => {
  test('lets so many run and so many wait, and turns the rest away', async () => {
    const gate = createGate({ atOnce: 2, waiting: 1 })
    const ends = [0, 1, 2].map(() => Promise.withResolvers<void>())
    const started: number[] = []
    const work = ends.map((end, i) =>
      gate(async () => {
        started.push(i)
        await end.promise
      }),
    )
    await expect(gate(async () => undefined)).rejects.toMatchObject({ code: 'TooManyAttempts' })
    expect(started).toEqual([0, 1])
    ends[0]!.reject(new Error('failed'))
    await expect(work[0]).rejects.toThrow('failed')
    ends[1]!.resolve()
    ends[2]!.resolve()
    await Promise.all(work.slice(1))
    expect(started).toEqual([0, 1, 2])
    expect(await gate(async () => 'free again')).toBe('free again')
  })
})
