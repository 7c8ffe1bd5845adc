import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeFolder } from './make-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-folder-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('makes what is missing, and says from where on', () => {
  const path = join(folder, 'a', 'b', 'c')
  expect(makeFolder(path, 0o700)).toBe(join(folder, 'a'))
  expect(statSync(join(folder, 'a', 'b')).mode & 0o777).toBe(0o700)
  expect(makeFolder(path, 0o700)).toBeUndefined()
})

test('a link to a folder is one', () => {
  mkdirSync(join(folder, 'real'))
  symlinkSync(join(folder, 'real'), join(folder, 'link'))
  expect(makeFolder(join(folder, 'link'), 0o700)).toBeUndefined()
})

test('a file in the way is named', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  for (const path of [file, join(file, 'below')])
    expect(() => makeFolder(path, 0o700)).toThrow(expect.objectContaining({ code: 'ENOTDIR' }))
})

// Node's recursive mkdir goes round for ever there.
test.runIf(existsSync('/proc/self'))('ends where nothing can be made', () => {
  expect(() => makeFolder('/proc/x/y', 0o700)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})
