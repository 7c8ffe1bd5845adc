import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatHttpDate, formatIsoBasic, parseHttpDate, parseIsoBasic } from './dates.ts'
import { parseEtags } from './etags.ts'
import { decodePercent } from './percent.ts'
import { parseQuery } from './query.ts'
import { contentRange } from './range.ts'
import { decodeBase64, headerToText, isHeaderSafe, textToHeader } from './text.ts'

describe('dates', () => {
  it('read what they write', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253402300799 }), (seconds) => {
        expect(parseIsoBasic(formatIsoBasic(seconds * 1000))).toBe(seconds * 1000)
        expect(parseHttpDate(formatHttpDate(seconds * 1000))).toBe(seconds * 1000)
      }),
    )
  })

  it('read the zone that s3cmd writes', () => {
    expect(parseHttpDate('Tue, 27 Mar 2007 19:36:42 +0000')).toBe(Date.UTC(2007, 2, 27, 19, 36, 42))
  })

  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'read every form as GMT, wherever the server stands: %s',
    (text) => {
      const { TZ } = process.env
      process.env.TZ = 'America/New_York'
      try {
        expect(new Date(0).getTimezoneOffset()).toBe(300)
        expect(parseHttpDate(text, Date.UTC(2026, 0))).toBe(Date.UTC(1994, 10, 6, 8, 49, 37))
      } finally {
        if (TZ === undefined) delete process.env.TZ
        else process.env.TZ = TZ
      }
    },
  )

  it.each([
    ['26', 2026],
    ['76', 2076],
    ['77', 1977],
    ['00', 2000],
  ])('read the year %s as the one that is at most 50 years ahead', (year, meant) => {
    const date = `Sunday, 06-Nov-${year} 00:00:00 GMT`
    expect(parseHttpDate(date, Date.UTC(2026, 0))).toBe(Date.UTC(meant, 10, 6))
  })

  it.each(['Sun, 06 Nov 1994', 'Sun, 06 Nix 1994 08:49:37 GMT', 'Sun, 32 Nov 1994 08:49:37 GMT'])(
    'are not %s',
    (text) => expect(parseHttpDate(text)).toBeUndefined(),
  )

  it.each(['', '0', '2013-05-24', '20130524', '20131324T000000Z', '20130524T000000', 'yesterday'])(
    'refuse %s',
    (text) => {
      expect(parseIsoBasic(text)).toBeUndefined()
      expect(parseHttpDate(text)).toBeUndefined()
    },
  )
})

it.each<[string, string[]]>([
  ['"a"', ['a']],
  ['a', ['a']],
  ['W/"a", "b-2",, *', ['a', 'b-2', '*']],
])('entity tags of %s', (header, etags) => {
  expect(parseEtags(header)).toEqual(etags)
})

it('tells a range, and none of no bytes', () => {
  expect(contentRange({ start: 5, endInclusive: 5 }, 9)).toEqual({ 'content-range': 'bytes 5-5/9' })
  for (const range of [{ start: 0, endInclusive: -1 }, undefined]) expect(contentRange(range, 9)).toEqual({})
})

describe('header text', () => {
  it('goes to the wire and back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(headerToText(textToHeader(text))).toBe(text)
        expect(textToHeader(text)).toMatch(/^[\x00-\xff]*$/)
      }),
    )
  })

  it('holds no control characters', () => {
    for (const bad of ['a\r\nb', 'a\0', 'a\x7f', 'a\x1b[']) expect(isHeaderSafe(bad)).toBe(false)
    for (const good of ['', 'a b', 'a\tb', 'é😀']) expect(isHeaderSafe(good)).toBe(true)
  })
})

it('reads base64 strictly', () => {
  expect(decodeBase64('AAAA', 3)).toEqual(Buffer.alloc(3))
  for (const bad of ['AAA', 'AAAA=', 'AA AA', 'AAAA\n', 'AB==', '_-8=', 'AAAAAAAA'])
    expect(decodeBase64(bad, 3)).toBeUndefined()
})

describe('queries', () => {
  it('keep order, repeats and bare names', () => {
    expect(parseQuery('b=1&a&a=2&&=x').parameters).toEqual([
      { name: 'b', value: '1' },
      { name: 'a', value: '' },
      { name: 'a', value: '2' },
      { name: '', value: 'x' },
    ])
    expect(parseQuery('a=1&a=2').get('a')).toBe('1')
    expect(parseQuery('').has('a')).toBe(false)
  })
})

it('decodes raw high bytes as UTF-8, once', () => {
  expect(decodePercent(Buffer.from('é').toString('latin1'))).toBe('é')
  expect(decodePercent('%2541')).toBe('%41')
  expect(() => decodePercent('\xe9')).toThrowError(expect.objectContaining({ code: 'InvalidUri' }))
})
