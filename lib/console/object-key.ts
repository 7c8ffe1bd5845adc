/** Object keys as a console shows them: `/` parts folders, a key that ends with it is a folder's marker. */
const encoder = new TextEncoder()

/** Longest key in UTF-8 bytes (S3 user guide, "Object key naming"). */
export const KEY_BYTES = 1024

/** The last step of a key or prefix: `a/b/c.txt` → `c.txt`, `a/b/` → `b`. */
export function baseName(key: string): string {
  const trimmed = key.endsWith('/') ? key.slice(0, -1) : key
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

/** The prefix a key lies in: `a/b/c.txt` → `a/b/`, `a/b/` → `a/`, `c.txt` → ``. */
export function parentPrefix(key: string): string {
  const trimmed = key.endsWith('/') ? key.slice(0, -1) : key
  return trimmed.slice(0, trimmed.lastIndexOf('/') + 1)
}

/** Each folder on the way to a prefix: `a/b/` → `a` at `a/`, `b` at `a/b/`. */
export function prefixSteps(prefix: string): { name: string; prefix: string }[] {
  const steps: { name: string; prefix: string }[] = []
  for (let end = prefix.indexOf('/'); end >= 0; end = prefix.indexOf('/', end + 1)) {
    const start = steps.at(-1)?.prefix.length ?? 0
    steps.push({ name: prefix.slice(start, end), prefix: prefix.slice(0, end + 1) })
  }
  return steps
}

export function keyFits(key: string): boolean {
  return encoder.encode(key).length <= KEY_BYTES
}

export type FolderNameProblem = 'empty' | 'slash' | 'dots' | 'long'

/** Why a folder cannot have this name, or undefined when it can. */
export function folderNameProblem(name: string): FolderNameProblem | undefined {
  if (name.trim() === '') return 'empty'
  if (name.includes('/')) return 'slash'
  // clients that mirror a bucket to a disk would leave their folder
  if (name === '.' || name === '..') return 'dots'
  return encoder.encode(name).length > 254 ? 'long' : undefined
}

/** Order of keys in a bucket: their UTF-8 bytes, which is the order of code points (not of UTF-16 units). */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    // surrogates stand for code points above every other unit
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
