import { expect, test } from 'vitest'
import { listRows } from './rows.ts'

const object = (key: string) => ({
  key,
  size: 1,
  etag: 'e',
  lastModified: 0,
  encryption: { mode: 'none' as const },
})

test('folders and objects of a page in one order, pages one after another, no marker of the folder itself', () => {
  const rows = listRows(
    [
      {
        objects: [object('a/'), object('a/m.txt'), object('a/z.txt')],
        folders: ['a/b/', 'a/n/'],
        next: 'a/z.txt',
      },
      { objects: [object('a/zz')], folders: ['a/zzz/'] },
    ],
    'a/',
  )
  expect(rows.map(({ id }) => id)).toEqual(['a/b/', 'a/m.txt', 'a/n/', 'a/z.txt', 'a/zz', 'a/zzz/'])
})
