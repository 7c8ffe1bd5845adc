import fc from 'fast-check'
import { expect, it } from 'vitest'
import { uniqueTags } from '../http/tagging-header.ts'
import { decodeWords, metadataHeaders } from './metadata.ts'

it('gives back any user metadata as header values that hold no control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const { 'x-amz-meta-a': header } = metadataHeaders({
        contentType: 'text/plain',
        userMetadata: { a: value },
      })
      expect(header).toMatch(/^[\x20-\x7e]*$/)
      if (!value.includes('=?')) expect(decodeWords(header!)).toBe(value)
    }),
  )
})

it('counts metadata that has no header name and leaves out what would end a header line', () => {
  const headers = metadataHeaders({
    contentType: 'text/html\r\nset-cookie: a',
    contentDisposition: 'attachment; filename="健"',
    cacheControl: 'a\nb',
    userMetadata: { 'bad name': 'x', 'b\r\nc': 'y', ok: 'z' },
  })
  expect(headers).toEqual({
    'content-type': 'binary/octet-stream',
    'content-disposition': Buffer.from('attachment; filename="健"').toString('latin1'),
    'x-amz-meta-ok': 'z',
    'x-amz-missing-meta': '2',
  })
})

it('joins adjacent encoded words and leaves broken ones alone', () => {
  expect(decodeWords('=?UTF-8?B?5YGl?= =?UTF-8?B?5bq3?= x')).toBe('健康 x')
  expect(decodeWords('=?UTF-8?X?abc?= =?latin1?B?abc?=')).toBe('=?UTF-8?X?abc?= =?latin1?B?abc?=')
})

it('refuses a tag key twice', () => {
  expect(
    uniqueTags([
      ['a', '1'],
      ['__proto__', '2'],
    ]),
  ).toEqual(
    Object.fromEntries([
      ['a', '1'],
      ['__proto__', '2'],
    ]),
  )
  expect(() =>
    uniqueTags([
      ['a', '1'],
      ['a', '1'],
    ]),
  ).toThrowError(expect.objectContaining({ code: 'InvalidTag' }))
})
