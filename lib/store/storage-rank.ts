/**
 * Storage classes of the three vendors from warm to cold; lifecycle rules only move objects to colder ones (S3 user
 * guide, "Transitioning objects"; OSS and COS alike). All of them lie on the same disks.
 */
const RANKS: ReadonlyMap<string, number> = new Map(
  [
    ['STANDARD', 'MAZ_STANDARD', 'REDUCED_REDUNDANCY'],
    ['STANDARD_IA', 'MAZ_STANDARD_IA'],
    ['INTELLIGENT_TIERING', 'MAZ_INTELLIGENT_TIERING'],
    ['ONEZONE_IA'],
    ['GLACIER_IR'],
    ['GLACIER', 'ARCHIVE', 'Archive'],
    ['DEEP_ARCHIVE', 'ColdArchive'],
    ['DeepColdArchive'],
  ].flatMap((classes, rank) => classes.map((name): [string, number] => [name, rank])),
)

/** From 0, the warmest; undefined: not a storage class. */
export function storageRank(storageClass: string): number | undefined {
  return RANKS.get(storageClass)
}
