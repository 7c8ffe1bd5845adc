import fc from 'fast-check'
import { expect, test } from 'vitest'
import { baseName, compareKeys, folderNameProblem, keyFits, parentPrefix, prefixSteps } from './object-key.ts'

test('takes keys apart', () => {
  expect(baseName('a/b/c.txt')).toBe('c.txt')
  expect(baseName('a/b/')).toBe('b')
  expect(baseName('c.txt')).toBe('c.txt')
  expect(parentPrefix('a/b/c.txt')).toBe('a/b/')
  expect(parentPrefix('a/b/')).toBe('a/')
  expect(parentPrefix('c.txt')).toBe('')
})

test('walks to a prefix, empty folder names included', () => {
  expect(prefixSteps('')).toEqual([])
  expect(prefixSteps('a//b/')).toEqual([
    { name: 'a', prefix: 'a/' },
    { name: '', prefix: 'a//' },
    { name: 'b', prefix: 'a//b/' },
  ])
})

test('measures keys in UTF-8 bytes', () => {
  expect(keyFits('a'.repeat(1024))).toBe(true)
  expect(keyFits('a'.repeat(1025))).toBe(false)
  expect(keyFits('檔'.repeat(342))).toBe(false)
})

test.each([
  ['reports', undefined],
  ['2026 報告', undefined],
  [' ', 'empty'],
  ['a/b', 'slash'],
  ['..', 'dots'],
  ['檔'.repeat(100), 'long'],
])('folder %s: %s', (name, problem) => expect(folderNameProblem(name)).toBe(problem))

test('orders keys by their UTF-8 bytes', () => {
  const text = fc.string({ unit: 'grapheme' })
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
  )
})
