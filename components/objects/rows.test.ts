import { expect, test } from 'vitest'
import { isSelectable, listRows, placeOf, versionOf } from './rows.ts'

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

test('older versions stay behind the current one of their key, each a line of its own that is not selected', () => {
  const version = (key: string, versionId: string, isLatest: boolean) => ({
    ...object(key),
    versionId,
    isLatest,
  })
  const objects = [
    version('a', 'z', true),
    version('a', 'y', false),
    version('a', 'x', false),
    version('b', 'w', false),
  ]
  const rows = listRows([{ objects, folders: [] }], '')
  expect(rows.map(({ id }) => id)).toEqual(['a', 'a\0y', 'a\0x', 'b\0w'])
  expect(rows.map(placeOf)).toEqual(['a', 'a', 'a', 'b'])
  expect(rows.map(versionOf)).toEqual([undefined, 'y', 'x', 'w'])
  expect(rows.map(isSelectable)).toEqual([true, false, false, false])
})
