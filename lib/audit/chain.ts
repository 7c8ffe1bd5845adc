import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalBytes } from './canonical-bytes.ts'
import type { AuditEvent, AuditRecord } from './model.ts'

/** `previousHash` of the first record. */
export const CHAIN_START: Buffer = Buffer.alloc(32)

/** Where the chain ends, by its last record. */
export interface ChainEnd {
  sequence: number
  hash: Buffer
}

/**
 * The end of the chain under a key derived from the root. Whoever has only the database can compute every hash anew,
 * but not this; an exported head also tells when the log was cut or put back to an older state.
 */
export interface AuditHead extends ChainEnd {
  /** 32 bytes, HMAC-SHA256 */
  mac: Buffer
}

/** SHA-256 over the canonical bytes of a record, which name the hash of the one before. */
export function recordHash(record: Omit<AuditRecord, 'hash'>): Buffer {
  return createHash('sha256').update(canonicalBytes(record)).digest()
}

/** Gives events their places after `end`, or at the start of the chain. */
export function link(end: ChainEnd | undefined, events: readonly AuditEvent[]): AuditRecord[] {
  let { sequence, hash } = end ?? { sequence: 0, hash: CHAIN_START }
  return events.map((event) => {
    const unhashed = { ...event, sequence: ++sequence, previousHash: hash }
    hash = recordHash(unhashed)
    return { ...unhashed, hash }
  })
}

/** @param key 32 bytes, from the root under the purpose 'audit' */
export function sealedHead(key: Buffer, { sequence, hash }: ChainEnd): AuditHead {
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(BigInt(sequence))
  const mac = createHmac('sha256', key).update('coffer/audit-head/v1\0').update(number).update(hash).digest()
  return { sequence, hash, mac }
}

export function isGenuineHead(key: Buffer, head: AuditHead): boolean {
  return head.mac.length === 32 && timingSafeEqual(sealedHead(key, head).mac, head.mac)
}
