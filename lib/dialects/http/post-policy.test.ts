import { describe, expect, test } from 'vitest'
import type { FormField } from './form-data.ts'
import { checkPostPolicy, parsePostPolicy, withinLength } from './post-policy.ts'

const NOW = Date.UTC(2026, 10, 21)
const policy = (conditions: unknown[], expiration = '2026-11-21T01:00:00.000Z') =>
  parsePostPolicy(JSON.stringify({ expiration, conditions }))
const fields = (values: Record<string, string>): FormField[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }))
const check = (conditions: unknown[], values: Record<string, string>): void =>
  checkPostPolicy(policy(conditions), fields(values), { now: NOW, unbound: (name) => name === 'policy' })
const refused = expect.objectContaining({ code: 'AccessDenied' })

describe('a policy of an upload form', () => {
  test.each([
    [[{ bucket: 'b' }], { bucket: 'b', policy: 'x' }],
    [[['eq', '$Key', 'a']], { key: 'a' }],
    [[['starts-with', '$key', 'u/']], { key: 'u/1' }],
    [[['starts-with', '$tag', '']], {}],
    [[['in', '$content-type', ['image/png', 'image/jpeg']]], { 'Content-Type': 'image/png' }],
    [[['not-in', '$content-type', ['text/html']]], { 'Content-Type': 'image/png' }],
  ])('%j allows %j', (conditions, values) => {
    expect(() => check(conditions, values)).not.toThrow()
  })

  test.each([
    [[{ bucket: 'b' }], { bucket: 'c' }],
    [[{ bucket: 'b' }], {}],
    [[['starts-with', '$key', 'u/']], { key: 'v/1' }],
    [[['starts-with', '$key', 'u/']], {}],
    [[['in', '$content-type', ['image/png']]], { 'content-type': 'text/html' }],
    [[['not-in', '$content-type', ['text/html']]], { 'content-type': 'text/html' }],
    // nobody signed it
    [[{ bucket: 'b' }], { bucket: 'b', 'x-cos-acl': 'public-read' }],
  ])('%j refuses %j', (conditions, values) => {
    expect(() => check(conditions, values)).toThrow(refused)
  })

  test('ends', () => {
    const late = { now: NOW + 3_600_001, unbound: () => true }
    expect(() => checkPostPolicy(policy([]), [], late)).toThrow(
      expect.objectContaining({ code: 'RequestExpired' }),
    )
  })

  test.each([
    'x',
    '[]',
    'null',
    '{}',
    '{"expiration":"2026-11-21T01:00:00Z"}',
    '{"expiration":"soon","conditions":[]}',
    '{"expiration":"2026-11-21T01:00:00Z","conditions":[["matches","$key","a"]]}',
    '{"expiration":"2026-11-21T01:00:00Z","conditions":[["eq","key","a"]]}',
    '{"expiration":"2026-11-21T01:00:00Z","conditions":[["eq","$key",1]]}',
    '{"expiration":"2026-11-21T01:00:00Z","conditions":[{"key":1}]}',
    '{"expiration":"2026-11-21T01:00:00Z","conditions":[["content-length-range","a",1]]}',
  ])('that is none: %s', (json) => {
    expect(() => parsePostPolicy(json)).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
  })

  test('bounds the file', async () => {
    const range = policy([['content-length-range', 2, 4]]).contentLength!
    const read = async (bytes: string): Promise<number> => {
      let size = 0
      const body = (async function* () {
        yield Buffer.from(bytes)
      })()
      for await (const chunk of withinLength(body, range)) size += chunk.length
      return size
    }
    expect([await read('ab'), await read('abcd')]).toEqual([2, 4])
    await expect(read('a')).rejects.toMatchObject({ code: 'EntityTooSmall' })
    await expect(read('abcde')).rejects.toMatchObject({ code: 'EntityTooLarge' })
  })
})
