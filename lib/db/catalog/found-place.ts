/** Where a search for objects goes on: behind all versions of a key or, with `below`, at its versions before that one. */
export interface FoundPlace {
  key: string
  /** of `sequence`, exclusive */
  below?: number | undefined
}

/** Before every version of a key. */
export const NEWEST = Number.MAX_SAFE_INTEGER

/** As text, for addresses and cursors. A key alone is itself; NUL, which no key holds, stands before the rest. */
export function placeText({ key, below }: FoundPlace): string {
  return below === undefined ? key : `${key}\0${below}`
}

/** What is no place of ours goes on behind the key that it begins with. */
export function placeOf(text: string): FoundPlace {
  const [key = '', rest = ''] = text.split('\0', 2)
  return /^\d{1,16}$/.test(rest) ? { key, below: Number(rest) } : { key }
}
