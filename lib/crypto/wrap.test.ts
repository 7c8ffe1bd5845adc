import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf, counting, flipBit, SUITES } from './blob.test-support.ts'
import { unwrapDataKey, wrapDataKey, type WrapBinding } from './wrap.ts'

const kek = counting(9, 32)
const dataKey = counting(1, 32)
const binding: WrapBinding = {
  mode: 'kms',
  keyId: 'k-1',
  keyVersion: 3,
  bucketId: 'b-uuid',
  objectKey: 'a/b.txt',
  objectId: 'v-uuid',
  context: { a: '2', z: '1' },
}

const text = fc.string({ unit: 'binary', maxLength: 12 })
const anyBinding: fc.Arbitrary<WrapBinding> = fc.record({
  mode: text,
  keyId: text,
  keyVersion: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  bucketId: text,
  objectKey: text,
  objectId: text,
  context: fc.dictionary(text, text, { maxKeys: 4 }),
})

describe.each(SUITES)('a data key wrapped with %s', (suite) => {
  const wrapped = wrapDataKey(suite, kek, dataKey, binding)

  test('comes back, and never looks the same twice', () => {
    expect(unwrapDataKey(kek, wrapped, binding)).toEqual(dataKey)
    expect(wrapped).toHaveLength(suite === 'AES256' ? 114 : 130)
    expect(wrapDataKey(suite, kek, dataKey, binding).equals(wrapped)).toBe(false)
    expect(wrapped.includes(dataKey.subarray(0, 8))).toBe(false)
  })

  test('does not mind the order in which its context is given', () => {
    expect(unwrapDataKey(kek, wrapped, { ...binding, context: { z: '1', a: '2' } })).toEqual(dataKey)
  })

  test('any bit flipped', () => {
    for (let bit = 0; bit < wrapped.length * 8; bit++)
      expect(
        codeOf(() => unwrapDataKey(kek, flipBit(wrapped, bit), binding)),
        `bit ${bit}`,
      ).toBe('IntegrityError')
  })

  test('any other length', () => {
    for (let length = 0; length < wrapped.length; length++)
      expect(codeOf(() => unwrapDataKey(kek, wrapped.subarray(0, length), binding))).toBe('IntegrityError')
    for (const more of [1, 16, wrapped.length]) {
      const longer = Buffer.concat([wrapped, Buffer.alloc(more)])
      expect(codeOf(() => unwrapDataKey(kek, longer, binding))).toBe('IntegrityError')
    }
  })

  test('any bit of the key-encryption key', () => {
    for (let bit = 0; bit < 256; bit++)
      expect(codeOf(() => unwrapDataKey(flipBit(kek, bit), wrapped, binding))).toBe('IntegrityError')
  })

  test.each<[string, Partial<WrapBinding>]>([
    ['mode', { mode: 'managed' }],
    ['mode, by case', { mode: 'KMS' }],
    ['key', { keyId: 'k-2' }],
    ['key version', { keyVersion: 4 }],
    ['bucket', { bucketId: 'c-uuid' }],
    ['object key', { objectKey: 'a/b.txT' }],
    ['object key, by a NUL', { objectKey: 'a/b.txt\0' }],
    ['object', { objectId: 'w-uuid' }],
    ['context: none', { context: {} }],
    ['context: a value', { context: { a: '3', z: '1' } }],
    ['context: a key', { context: { b: '2', z: '1' } }],
    ['context: values exchanged', { context: { a: '1', z: '2' } }],
    ['context: one more', { context: { a: '2', z: '1', '': '' } }],
    ['context: one less', { context: { a: '2' } }],
    // the boundary between two neighbours moved: only the length prefixes tell these apart
    ['boundary of mode and key', { mode: 'kmsk', keyId: '-1' }],
    ['boundary of bucket and object key', { bucketId: 'b-uuida', objectKey: '/b.txt' }],
    ['boundary of object key and object', { objectKey: 'a/b.txtv', objectId: '-uuid' }],
    ['boundary within the context', { context: { a2: '', z: '1' } }],
  ])('another %s', (_what, change) => {
    expect(codeOf(() => unwrapDataKey(kek, wrapped, { ...binding, ...change }))).toBe('IntegrityError')
  })

  test('opens under its own binding and no other', () => {
    fc.assert(
      fc.property(anyBinding, anyBinding, (one, other) => {
        const sealed = wrapDataKey(suite, kek, dataKey, one)
        expect(unwrapDataKey(kek, sealed, one)).toEqual(dataKey)
        fc.pre(!sameBinding(one, other))
        expect(codeOf(() => unwrapDataKey(kek, sealed, other))).toBe('IntegrityError')
      }),
    )
  })

  test.each([-1, 0.5, NaN, 2 ** 32])('key version %d is refused', (keyVersion) => {
    expect(codeOf(() => unwrapDataKey(kek, wrapped, { ...binding, keyVersion }))).toBe('BadArgument')
  })

  test.each<[string, Partial<WrapBinding>]>([
    ['object key', { objectKey: 'a\ud800' }],
    ['context value', { context: { a: '\udfff' } }],
    ['context key', { context: { '\ud800': '' } }],
  ])('an %s that UTF-8 cannot spell is refused', (_what, change) => {
    expect(codeOf(() => wrapDataKey(suite, kek, dataKey, { ...binding, ...change }))).toBe('BadArgument')
  })

  test.each([0, 1, 15])('a key-encryption key of %i bytes is refused', (length) => {
    expect(codeOf(() => wrapDataKey(suite, counting(0, length), dataKey, binding))).toBe('BadArgument')
    expect(codeOf(() => unwrapDataKey(counting(0, length), wrapped, binding))).toBe('BadArgument')
  })

  test.each([0, 16, 31, 33])('a data key of %i bytes is refused', (length) => {
    expect(codeOf(() => wrapDataKey(suite, kek, counting(0, length), binding))).toBe('BadArgument')
  })
})

test('a wrapped key does not open as one of the other suite', () => {
  const wrapped = wrapDataKey('AES256', kek, dataKey, binding)
  const relabelled = Buffer.concat([wrapped, Buffer.alloc(16)])
  relabelled[1] = 2
  expect(codeOf(() => unwrapDataKey(kek, relabelled, binding))).toBe('IntegrityError')
})

function sameBinding(one: WrapBinding, other: WrapBinding): boolean {
  const spelled = ({ context, ...rest }: WrapBinding) =>
    JSON.stringify([Object.values(rest), Object.entries(context).sort()])
  return spelled(one) === spelled(other)
}
