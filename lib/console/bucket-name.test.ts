import { expect, test } from 'vitest'
import { bucketNameProblem } from './bucket-name.ts'

test.each([
  ['abc', undefined],
  ['project-2026.data', undefined],
  ['0'.repeat(63), undefined],
  ['', 'length'],
  ['ab', 'length'],
  ['0'.repeat(64), 'length'],
  ['Abc', 'characters'],
  ['bk_cli', 'characters'],
  ['資料夾', 'characters'],
  ['-abc', 'edges'],
  ['abc.', 'edges'],
  ['a..b', 'dots'],
  ['a.-b', 'dots'],
  ['192.168.5.4', 'address'],
  ['xn--bucket', 'reserved'],
  ['bucket-s3alias', 'reserved'],
])('%s breaks %s', (name, rule) => expect(bucketNameProblem(name)).toBe(rule))
