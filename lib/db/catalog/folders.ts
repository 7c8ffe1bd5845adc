/**
 * How many folders above a key have counters. It bounds what a write costs: a deep key changes nine rows, not a
 * hundred. What lies in deeper folders is counted when somebody asks (coverage.ts).
 */
export const FOLDER_DEPTH = 8

/** The folders above a key that have counters, outermost first; a key that ends with '/' is its own folder's marker. */
export function countedFolders(key: string): string[] {
  const folders: string[] = []
  let at = key.indexOf('/')
  while (at >= 0 && folders.length < FOLDER_DEPTH) {
    folders.push(key.slice(0, at + 1))
    at = key.indexOf('/', at + 1)
  }
  return folders
}

/** Are there counters of this folder? */
export function isCounted(folder: string): boolean {
  return countedFolders(folder).at(-1) === folder
}
