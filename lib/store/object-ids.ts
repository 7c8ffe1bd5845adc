import { randomUUID } from 'node:crypto'

/**
 * A fresh id of an object version: a UUID of version 7 (RFC 9562 §5.7). Ids that follow the time are neighbours in the
 * database's indexes, so the versions of one commit, and those that are read together, share pages; random ones cost a
 * page each.
 * @param now ms since the epoch
 */
export function newObjectId(now: number): string {
  const time = Math.trunc(now).toString(16).padStart(12, '0')
  // What comes behind the version of a random UUID: its variant, and 74 random bits.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
