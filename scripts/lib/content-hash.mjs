import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PROJECT } from './project.mjs'

/**
 * SHA-256 over names and contents of files and folders of the project, in a fixed order. What does not exist
 * counts as absent. Contents, not times: a checkout changes times.
 *
 * @param {readonly string[]} paths relative to the project folder
 * @param {(path: string) => boolean} [skip]
 */
export function contentHash(paths, skip = () => false) {
  const hash = createHash('sha256')
  for (const path of paths) add(hash, path, skip)
  return hash.digest('hex')
}

function add(hash, path, skip) {
  const full = join(PROJECT, path)
  if (skip(path) || !existsSync(full)) return
  if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) add(hash, `${path}/${name}`, skip)
    return
  }
  const content = readFileSync(full)
  hash.update(`${path}\0${content.length}\0`).update(content)
}

/** True when the step whose inputs hash to `hash` was finished before. */
export function isStamped(file, hash) {
  const full = join(PROJECT, file)
  return existsSync(full) && readFileSync(full, 'utf8') === hash
}

export function stamp(file, hash) {
  const full = join(PROJECT, file)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, hash)
}
