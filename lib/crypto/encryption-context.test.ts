import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf, counting } from './blob.test-support.ts'
import { contextPairs, encodeEncryptionContext, parseEncryptionContext } from './encryption-context.ts'
import { unwrapDataKey, wrapDataKey } from './wrap.ts'

const base64 = (json: string | Buffer) => Buffer.from(json).toString('base64')
const parse = (json: string | Buffer) => parseEncryptionContext(base64(json))

describe('an encryption context', () => {
  test.each<[string, [string, string][]]>([
    ['{}', []],
    ['{"a":"1"}', [['a', '1']]],
    [
      ' {\n\t"a" : "" , "b":"x y" }\r\n',
      [
        ['a', ''],
        ['b', 'x y'],
      ],
    ],
    ['{"a:\\"b\\",\\\\":"{\\"c\\":\\"d\\"}"}', [['a:"b",\\', '{"c":"d"}']]],
    ['{"\\u0061\\u0000":"\\ud83d\\ude00"}', [['a\0', '😀']]],
    ['{"键":"值\u2028"}', [['键', '值\u2028']]],
    [
      '{"b":"1","a":"2","10":"3","9":"4"}',
      [
        ['10', '3'],
        ['9', '4'],
        ['a', '2'],
        ['b', '1'],
      ],
    ],
  ])('%s', (json, pairs) => {
    expect(contextPairs(parse(json))).toEqual(pairs)
  })

  test.each([
    ['nothing', ''],
    ['no JSON', 'a=1'],
    ['an array', '["a"]'],
    ['a text', '"a"'],
    ['null', 'null'],
    ['a number as value', '{"a":1}'],
    ['null as value', '{"a":null}'],
    ['an object as value', '{"a":{"b":"c"}}'],
    ['an array as value', '{"a":["b"]}'],
    ['an empty key', '{"":"a"}'],
    ['two objects', '{"a":"1"}{"b":"2"}'],
    ['a comma at the end', '{"a":"1",}'],
    ['a comment', '{"a":"1"/**/}'],
    ['single quotes', "{'a':'1'}"],
    ['half an object', '{"a":"1"'],
    ['a key twice', '{"a":"1","a":"2"}'],
    ['a key twice with one value', '{"a":"1","a":"1"}'],
    ['a key twice, once escaped', '{"a":"1","\\u0061":"2"}'],
    ['__proto__ twice', '{"__proto__":"1","__proto__":"2"}'],
    ['__proto__ as an object', '{"__proto__":{"a":"1"}}'],
    ['half a surrogate pair as key', '{"\\ud800":"1"}'],
    ['half a surrogate pair as value', '{"a":"\\udc00"}'],
    ['a line break in a text', '{"a":"\n"}'],
    ['a byte order mark', '\ufeff{"a":"1"}'],
    ['nesting', '['.repeat(4000)],
  ])('is not %s', (_what, json) => {
    expect(codeOf(() => parse(json))).toBe('BadArgument')
  })

  test.each([
    ['a stray continuation byte', Buffer.from([0x7b, 0x22, 0x80, 0x22, 0x3a, 0x22, 0x22, 0x7d])],
    ['an overlong quote', Buffer.from('{"a\xc0\xa2":"1"}', 'latin1')],
    ['an encoded surrogate', Buffer.from('{"a":"\xed\xa0\x80"}', 'latin1')],
  ])('is UTF-8, not %s', (_what, bytes) => {
    expect(codeOf(() => parse(bytes))).toBe('BadArgument')
  })

  test.each([
    ['no padding', 'eyJhIjoiMSJ9e30'],
    ['another padding', 'e30'],
    ['too much padding', 'e30=='],
    ['set bits behind the end', 'e31='],
    ['a space', 'e3 0='],
    ['a line break', 'e30=\n'],
    ['the alphabet of URLs', base64('{"a":"~~~???"}').replaceAll('/', '_').replaceAll('+', '-')],
    ['two texts', 'e30=e30='],
    ['no Base64 at all', '{"a":"1"}'],
  ])('is strict Base64: %s', (_what, text) => {
    expect(codeOf(() => parseEncryptionContext(text))).toBe('BadArgument')
  })

  test('has at most 8 KiB of JSON', () => {
    const ofBytes = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`
    expect(parse(ofBytes(8192))['a']).toHaveLength(8184)
    for (const bytes of [8193, 8194, 8195, 20_000, 2_000_000])
      expect(codeOf(() => parse(ofBytes(bytes)))).toBe('BadArgument')
  })

  test('comes back from its own spelling, whatever it holds', () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 })
    const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', '10', '9', '"', '\\'), text)
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, text), { selector: ([k]) => k, maxLength: 8 }), (given) => {
        const pairs = given.filter(([k]) => k !== '')
        const context = Object.fromEntries(pairs)
        const spelled = encodeEncryptionContext(context)
        expect(contextPairs(parseEncryptionContext(spelled))).toEqual(contextPairs(context))
        expect(encodeEncryptionContext(Object.fromEntries(pairs.reverse()))).toBe(spelled)
      }),
      { numRuns: 300 },
    )
  })

  test('any bytes are parsed or refused, never a fault', () => {
    const jsonLike = fc
      .array(fc.constantFrom('{', '}', '"', '"a"', ':', ',', '\\', '"__proto__"', '\\u0061', '1', '[', ' '))
      .map((tokens) => tokens.join(''))
    fc.assert(
      fc.property(fc.oneof(jsonLike, fc.json(), fc.string({ unit: 'binary' })), (json) => {
        const code = codeOf(() => parse(json))
        expect(['nothing thrown', 'BadArgument']).toContain(code)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the echoed spelling', () => {
  test('is sorted by the bytes of the keys, numbers too', () => {
    const context = parse('{"b":"1","10":"2","9":"3","é":"4","😀":"5","\uff5e":"6"}')
    expect(Buffer.from(encodeEncryptionContext(context), 'base64').toString()).toBe(
      '{"10":"2","9":"3","b":"1","é":"4","\uff5e":"6","😀":"5"}',
    )
  })
})

// JSON.parse makes an own property of it; what must not happen is that it silently binds nothing.
test('__proto__ is a key like any other, and binds', () => {
  const context = parse('{"__proto__":"1"}')
  expect(contextPairs(context)).toEqual([['__proto__', '1']])
  expect(Object.getPrototypeOf(context)).toBe(Object.prototype)
  const binding = {
    mode: 'kms',
    keyId: 'k',
    keyVersion: 1,
    bucketId: 'b',
    objectKey: 'o',
    objectId: 'i',
    context,
  }
  const kek = counting(9, 32)
  const wrapped = wrapDataKey('AES256', kek, counting(1, 32), binding)
  expect(unwrapDataKey(kek, wrapped, binding)).toEqual(counting(1, 32))
  for (const other of [{}, parse('{"__proto__":"2"}')])
    expect(codeOf(() => unwrapDataKey(kek, wrapped, { ...binding, context: other }))).toBe('IntegrityError')
})
