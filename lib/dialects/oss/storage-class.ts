import { StoreError } from '../../errors.ts'
import type { RequestFields } from './request-fields.ts'

/** OSS's words and what the store keeps: the common words where S3 has the same, OSS's own for its archives. */
const STORAGE_CLASSES: ReadonlyMap<string, string> = new Map([
  ['Standard', 'STANDARD'],
  ['IA', 'STANDARD_IA'],
  ['Archive', 'Archive'],
  ['ColdArchive', 'ColdArchive'],
  ['DeepColdArchive', 'DeepColdArchive'],
])

/** What is stored, in OSS's words. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['STANDARD_IA', 'IA'],
  ['ONEZONE_IA', 'IA'],
  ['GLACIER_IR', 'IA'],
  ['MAZ_STANDARD_IA', 'IA'],
  ['GLACIER', 'Archive'],
  ['ARCHIVE', 'Archive'],
  ['DEEP_ARCHIVE', 'ColdArchive'],
  ['Archive', 'Archive'],
  ['ColdArchive', 'ColdArchive'],
  ['DeepColdArchive', 'DeepColdArchive'],
])

/** What is stored for a word of OSS; undefined: it is none. */
export function storageClassOf(word: string): string | undefined {
  return STORAGE_CLASSES.get(word)
}

/** @throws StoreError InvalidArgument */
export function readStorageClass(fields: RequestFields): string | undefined {
  const word = fields.nonEmpty('x-oss-storage-class')
  if (word === undefined) return undefined
  const kept = STORAGE_CLASSES.get(word)
  if (kept === undefined)
    throw new StoreError('InvalidArgument', 'The storage class you specified is not valid.', {
      argument: 'x-oss-storage-class',
      value: word,
    })
  return kept
}

export function storageClassWord(storageClass: string): string {
  return WORDS.get(storageClass) ?? 'Standard'
}
