import { describe, expect, test, vi } from 'vitest'
import { readUploadForm } from './form-data.ts'

const BOUNDARY = '----WebKitFormBoundary7MA4YWxkTrZu0gW'
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`
const FILE = Buffer.from('\r\n--almost a boundary\r\n------WebKitFormBoundary7MA4YWxkTrZu0g\r\nend')

function form(parts: string[], tail = `\r\n--${BOUNDARY}--\r\n`): Buffer {
  return Buffer.from(parts.map((part) => `--${BOUNDARY}\r\n${part}`).join('\r\n') + tail)
}
const field = (name: string, value: string): string =>
  `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`
const file = `Content-Disposition: form-data; name="file"; filename="C:\\fake\\%22a%22.jpg"\r\nContent-Type: image/jpeg\r\n\r\n${FILE.toString()}`

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
async function collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('an upload form', () => {
  const bytes = form([field('key', 'a/${filename}'), field('x', ''), file, field('after', 'ignored')])

  test.each([1, 2, 3, 7, 61, 62, 63, 4096])('in pieces of %i bytes', async (size) => {
    const read = await readUploadForm(pieces(bytes, size), TYPE)
    expect(read.fields).toEqual([
      { name: 'key', value: 'a/${filename}' },
      { name: 'x', value: '' },
    ])
    expect(read.fileName).toBe('"a".jpg')
    expect(read.contentType).toBe('image/jpeg')
    expect(await collect(read.file)).toEqual(FILE)
  })

  test('a quoted boundary and an empty file', async () => {
    const empty = 'Content-Disposition: form-data; name=file\r\n\r\n'
    const read = await readUploadForm(
      pieces(form([empty]), 50),
      `multipart/form-data; boundary="${BOUNDARY}"`,
    )
    expect([await collect(read.file), read.fileName]).toEqual([Buffer.alloc(0), undefined])
  })

  test('one that breaks off is no short file', async () => {
    for (const cut of [1, 30, 60, 100]) {
      const read = await readUploadForm(pieces(form([file]).subarray(0, -cut), 64), TYPE)
      const outcome = collect(read.file)
      // What is missing after the last boundary's dashes harms nobody.
      if (cut <= 4) await expect(outcome).resolves.toEqual(FILE)
      else await expect(outcome).rejects.toMatchObject({ code: 'IncompleteBody' })
    }
  })

  test.each([
    ['no form', Buffer.from('x=1'), 'application/x-www-form-urlencoded', 'InvalidArgument'],
    ['no boundary', Buffer.from('x'), 'multipart/form-data', 'InvalidArgument'],
    ['no file', form([field('key', 'a')]), TYPE, 'InvalidArgument'],
    ['no name', form(['Content-Type: text/plain\r\n\r\nx']), TYPE, 'InvalidArgument'],
    ['too much', form([field('key', 'a'.repeat(70_000)), file]), TYPE, 'EntityTooLarge'],
    ['nothing', Buffer.alloc(0), TYPE, 'IncompleteBody'],
    ['not UTF-8', Buffer.from(form([field('k', '\xff')]).toString(), 'latin1'), TYPE, 'InvalidArgument'],
  ])('%s', async (_name, body, type, code) => {
    await expect(readUploadForm(pieces(body, 1000), type)).rejects.toMatchObject({ code })
  })
})

/** Bytes that Buffers were made for while a form was read, each a copy of something. */
async function copiedBy(read: () => Promise<unknown>): Promise<number> {
  const made = [vi.spyOn(Buffer, 'allocUnsafe'), vi.spyOn(Buffer, 'concat')]
  try {
    await read()
    const results = made.flatMap(({ mock }) => mock.results)
    return results.reduce((sum, { value }) => sum + (value as Buffer).length, 0)
  } finally {
    for (const spy of made) spy.mockRestore()
  }
}

describe('a form that anybody may send', () => {
  test.each([
    ['without names and values', field('', ''), 100 * 100],
    ['with long heads', `X-Padding: ${'x'.repeat(4000)}\r\n${field('a', '')}`, 70_000],
  ])('is refused when its fields never end: %s', async (_name, part, most) => {
    let sent = 0
    async function* long(): AsyncGenerator<Buffer> {
      while (sent < 10 * most) {
        sent += part.length
        yield Buffer.from(`--${BOUNDARY}\r\n${part}\r\n`)
      }
    }
    await expect(readUploadForm(long(), TYPE)).rejects.toMatchObject({ code: 'EntityTooLarge' })
    expect(sent).toBeLessThan(most)
  })

  test('may have a hundred fields', async () => {
    const fields = Array.from({ length: 100 }, (_, i) => field(`x-amz-meta-${i}`, 'v'))
    expect((await readUploadForm(pieces(form([...fields, file]), 1000), TYPE)).fields).toHaveLength(100)
    const more = readUploadForm(pieces(form([...fields, field('a', ''), file]), 1000), TYPE)
    await expect(more).rejects.toMatchObject({ code: 'EntityTooLarge' })
  })

  test('is copied once or twice, however small its fields and its pieces are', async () => {
    const large = `${file}${'x'.repeat(200_000)}`
    const small = Array.from({ length: 90 }, () => field('a', ''))
    const manyFields = form([...small, large])
    const inOne = () => readUploadForm(pieces(manyFields, manyFields.length), TYPE)
    expect(await copiedBy(inOne)).toBeLessThan(3 * manyFields.length)
    const longField = form([field('policy', 'p'.repeat(60_000)), file])
    const byteByByte = () => readUploadForm(pieces(longField, 1), TYPE)
    expect(await copiedBy(byteByByte)).toBeLessThan(6 * longField.length)
  })
})
