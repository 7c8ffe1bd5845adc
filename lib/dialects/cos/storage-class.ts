import { StoreError } from '../../errors.ts'
import type { RequestFields } from './request-fields.ts'

/** COS's words (document 436/33417, "Storage class overview"); all of them lie on the same disks. */
const STORAGE_CLASSES: ReadonlySet<string> = new Set([
  'STANDARD',
  'STANDARD_IA',
  'INTELLIGENT_TIERING',
  'ARCHIVE',
  'DEEP_ARCHIVE',
  'MAZ_STANDARD',
  'MAZ_STANDARD_IA',
  'MAZ_INTELLIGENT_TIERING',
])

/** What other vendors call the same, in COS's words. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['REDUCED_REDUNDANCY', 'STANDARD'],
  ['Standard', 'STANDARD'],
  ['ONEZONE_IA', 'STANDARD_IA'],
  ['GLACIER_IR', 'STANDARD_IA'],
  ['IA', 'STANDARD_IA'],
  ['GLACIER', 'ARCHIVE'],
  ['Archive', 'ARCHIVE'],
  ['ColdArchive', 'DEEP_ARCHIVE'],
  ['DeepColdArchive', 'DEEP_ARCHIVE'],
])

export function isStorageClass(word: string): boolean {
  return STORAGE_CLASSES.has(word)
}

/** @throws StoreError InvalidArgument */
export function readStorageClass(fields: RequestFields): string | undefined {
  const word = fields.get('x-cos-storage-class')?.toUpperCase()
  if (word === undefined || STORAGE_CLASSES.has(word)) return word
  throw new StoreError('InvalidArgument', 'The storage class you specified is not valid', {
    argument: 'x-cos-storage-class',
    value: word,
  })
}

export function storageClassWord(storageClass: string): string {
  return ELSEWHERE.get(storageClass) ?? storageClass
}
