import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BackupError } from './backup-error.ts'
import { decodeBase32, encodeBase32 } from './base32.ts'
import { backupTag, readShareSheet, shareSheet } from './share-sheet.ts'
import type { SheetShare } from './share-sheet.ts'

const backupId = '0f3a6c1e-9b7d-4f20-8a51-2f3e4d5c6b7a'
const share: SheetShare = {
  threshold: 3,
  index: 2,
  backup: backupTag(backupId),
  bytes: Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7)),
}
const facts = { count: 5, backupId, madeAt: new Date(1_790_000_000_000), file: 'keys.backup' }
const sheet = shareSheet(share, facts)

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

function refusal(text: string): string {
  try {
    readShareSheet(text, 'a.txt')
  } catch (error) {
    expect(error).toBeInstanceOf(BackupError)
    return (error as BackupError).message
  }
  throw new Error('It was read')
}

test('base32 gives back what it was given, and begins as the alphabet says', () => {
  expect(encodeBase32(Buffer.from('00443214c74254b635cf84653a56d7c675be77df', 'hex'))).toBe(ALPHABET)
  expect(encodeBase32(Buffer.from([0, 255]))).toBe('03ZG')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      expect(decodeBase32(encodeBase32(Buffer.from(bytes)))).toEqual(Buffer.from(bytes))
    }),
  )
  for (const wrong of ['U', 'AAU', 'A', 'ZZ', '!!']) expect(decodeBase32(wrong)).toBeUndefined()
})

test('a sheet says what it is and gives its share back', () => {
  expect(sheet).toContain('share 2 of 5')
  expect(sheet).toContain('Any 3 of the 5 shares')
  expect(sheet).toContain(backupId)
  expect(readShareSheet(sheet, 'a.txt')).toEqual(share)
})

test('is read as people type: small letters, O for 0, other spaces, only the numbered lines', () => {
  const lines = sheet.split('\n').filter((line) => /^ {2}[1-5] /.test(line))
  expect(lines).toHaveLength(5)
  const typed = lines.map((line) =>
    line
      .trim()
      .toLowerCase()
      .replace(/(?<=^\d.*)0/g, 'o')
      .replace(/ +/g, ' '),
  )
  expect(readShareSheet(typed.join('\r\n'), 'a.txt')).toEqual(share)
  expect(
    readShareSheet(lines.map((line) => line.replace(/(\w{4}) (\w{4})/, '$1-$2')).join('\n'), 'a'),
  ).toEqual(share)
})

test('names the line where a letter was misread, whichever it is', () => {
  const lines = sheet.split('\n')
  lines.forEach((line, at) => {
    const number = /^ {2}([1-5]) /.exec(line)?.[1]
    if (number === undefined) return
    for (let i = 6; i < line.length; i++) {
      if (line[i] === ' ') continue
      for (const other of ['7', 'Q']) {
        if (line[i] === other) continue
        const wrong = lines.with(at, line.slice(0, i) + other + line.slice(i + 1)).join('\n')
        // Ten check bits miss one slip in a thousand; the checksum of the whole does not.
        expect(refusal(wrong)).toMatch(new RegExp(`Line ${number} of a.txt|a.txt is no whole share`))
      }
    }
  })
})

test('lines that are missing, doubled, cut or changed places are refused', () => {
  const lines = sheet.split('\n').filter((line) => /^ {2}[1-5] /.test(line))
  for (let i = 0; i < 5; i++) {
    expect(refusal(lines.toSpliced(i, 1).join('\n'))).toContain(`Line ${i + 1}`)
    expect(refusal(lines.with(i, lines[i]!.slice(0, -1)).join('\n'))).toContain(`Line ${i + 1}`)
    const next = lines[(i + 1) % 5]!.slice(3)
    expect(refusal(lines.with(i, `  ${i + 1}${next}`).join('\n'))).toContain(`Line ${i + 1}`)
  }
  expect(refusal('')).toContain('Line 1')
})
