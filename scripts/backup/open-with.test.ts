import { parseArgs } from 'node:util'
import { expect, test } from 'vitest'
import { fileAndSheets, OPENING } from './open-with.ts'

test.each([
  ['FILE', []],
  ['FILE --passphrase-file P', []],
  ['--passphrase-file P FILE', []],
  ['FILE --shares S1 S2 S3', ['S2', 'S3']],
  ['--shares S1 S2 S3 FILE', ['S2', 'S3']],
  ['--shares S1,S2,S3 FILE', []],
  ['--shares S1 --shares S2 FILE', []],
])('%s: the backup is not taken for a sheet', (line, sheets) => {
  const args = line.split(' ')
  const words = parseArgs({ args, options: OPENING, allowPositionals: true, tokens: true })
  expect(fileAndSheets(words)).toEqual({ file: 'FILE', sheets })
})
