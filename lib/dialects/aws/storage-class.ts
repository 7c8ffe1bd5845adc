import { StoreError } from '../../errors.ts'
import type { RequestHeaders } from './request-headers.ts'

/** S3's words (S3 API reference, PutObject); all of them lie on the same disks, and two must be restored before reading. */
const STORAGE_CLASSES: ReadonlySet<string> = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
])

export function isStorageClass(word: string): boolean {
  return STORAGE_CLASSES.has(word)
}

/** @throws StoreError InvalidArgument (no word) | NotImplemented (a word for classes that are not here) */
export function readStorageClass(headers: RequestHeaders): string | undefined {
  const storageClass = headers.get('x-amz-storage-class')
  if (storageClass === undefined || STORAGE_CLASSES.has(storageClass)) return storageClass
  if (/^[A-Z_]{3,20}$/.test(storageClass))
    throw new StoreError('NotImplemented', 'The storage class you specified is not implemented.', {
      value: storageClass,
    })
  throw new StoreError('InvalidArgument', 'The storage class you specified is not valid', {
    argument: 'x-amz-storage-class',
    value: storageClass,
  })
}

/** What other vendors call theirs, in the words of S3 that come nearest: clients know no others. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['Archive', 'GLACIER'],
  ['ARCHIVE', 'GLACIER'],
  ['ColdArchive', 'DEEP_ARCHIVE'],
  ['DeepColdArchive', 'DEEP_ARCHIVE'],
  ['MAZ_STANDARD', 'STANDARD'],
  ['MAZ_STANDARD_IA', 'STANDARD_IA'],
  ['MAZ_INTELLIGENT_TIERING', 'INTELLIGENT_TIERING'],
])

export function storageClassWord(storageClass: string): string {
  return ELSEWHERE.get(storageClass) ?? storageClass
}
