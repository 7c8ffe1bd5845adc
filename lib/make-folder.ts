import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it that are missing. Node's own recursive way never ends where the system says of every
 * name that it is not there, as below /proc.
 * @returns the first folder that was made; undefined: it was there
 * @throws the system's error, with the path; ENOTDIR when a file is in the way
 */
export function makeFolder(path: string, mode: number): string | undefined {
  if (isFolder(path)) return undefined
  const above = dirname(path)
  const first = above === path ? undefined : makeFolder(above, mode)
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Another process may have been quicker.
    if (!isFolder(path)) throw error
  }
  return first ?? path
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isDirectory()) return found !== undefined
  throw Object.assign(new Error('A file is where a folder should be'), {
    code: 'ENOTDIR',
    syscall: 'mkdir',
    path,
  })
}
