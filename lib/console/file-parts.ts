const MIB = 2 ** 20

/** Bytes from which on a file is sent in parts: what breaks then is one part, and the others need not be sent again. */
const IN_PARTS_FROM = 64 * MIB
const PART_BYTES = 32 * MIB
/** S3 user guide, "Multipart upload limits". */
export const MAX_PARTS = 10_000

/** Bytes `start` to before `end` of a file. */
export interface FilePart {
  number: number
  start: number
  end: number
}

/** The parts in which a file of `size` bytes is sent; one, when it goes as a whole. */
export function partsOf(size: number): FilePart[] {
  if (size < IN_PARTS_FROM) return [{ number: 1, start: 0, end: size }]
  const bytes = Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS / MIB) * MIB)
  return Array.from({ length: Math.ceil(size / bytes) }, (_, index) => ({
    number: index + 1,
    start: index * bytes,
    end: Math.min((index + 1) * bytes, size),
  }))
}
