import { randomBytes, randomUUID } from 'node:crypto'

/** What every answer carries so that people can find it in the log. */
export interface RequestIds {
  /** 16 upper-case hex digits, like AWS's */
  requestId: string
  /** which process answered; says nothing about the machine */
  hostId: string
}

const hostId = randomBytes(48).toString('base64')

/** randomUUID keeps a pool of random bytes and is ten times cheaper than randomBytes. */
export function newRequestIds(): RequestIds {
  const uuid = randomUUID()
  return { requestId: (uuid.slice(0, 8) + uuid.slice(24, 32)).toUpperCase(), hostId }
}
