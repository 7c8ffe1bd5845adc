import { createHash } from 'node:crypto'
import type { AuditRepository } from '../audit/audit-repository.ts'
import type { AuditLog } from '../audit/model.ts'
import type { Damage, StoredBlob, VerifiedObject } from '../store/verdict.ts'
import { inOrder, type Json } from './canonical-json.ts'
import type { ReceiptKey, ReceiptPublicKey } from './receipt-key.ts'

/** First line of what is signed; another layout gets another number. */
export const RECEIPT_FORMAT = 'coffer/receipt/v1'

export interface ReceiptFor {
  userId: string
  name: string
  projectId: string
  sourceAddress: string | undefined
  requestId: string
}

export interface Receipts {
  readonly publicKey: ReceiptPublicKey
  /** The text of the receipt's file. That it was given out is in the audit log, with its digest. */
  issue(verified: VerifiedObject, to: ReceiptFor): Promise<string>
}

export interface ReceiptsOptions {
  key: ReceiptKey
  audit: Pick<AuditLog, 'record' | 'flush'>
  chain: Pick<AuditRepository, 'end'>
  /** where people find this Coffer */
  url: string
  /** ms since the epoch */
  now: () => number
}

/**
 * Receipts of checks: what was found, signed, for people who do not trust this server. One tells facts of the object,
 * digests of its ciphertext and where the audit log stood; nothing secret, and of the content nothing but its size.
 * scripts/verify-receipt.mjs reads them without Coffer.
 */
export function createReceipts({ key, audit, chain, url, now }: ReceiptsOptions): Receipts {
  return {
    publicKey: key.public,
    issue: async (verified, to) => {
      await audit.flush()
      const end = await chain.end()
      const head = end ? { sequence: end.sequence, hash: end.hash.toString('hex'), at: time(end.at) } : null
      const issuer = { keyFingerprint: key.public.fingerprint, url }
      const statement = inOrder({
        format: RECEIPT_FORMAT,
        issuedAt: time(now()),
        issuer,
        checkedBy: { userId: to.userId, name: to.name },
        project: to.projectId,
        audit: head,
        ...factsOf(verified),
      })
      const text = sealed(key, statement, verified.digests)
      audit.record(issued(verified, to, text, now()))
      return text
    },
  }
}

function factsOf(verified: VerifiedObject): { [name: string]: Json } {
  const { identity, steps, damage, damageCount, blobs, storedBytes, chunks, digests } = verified
  const { bucket, key, versionId, objectId, size } = identity
  const list = digests.length > 0 ? { count: digests.length, sha256: listDigest(digests) } : null
  return {
    checkedAt: time(verified.checkedAt),
    object: { bucket, key, versionId, objectId, size: size ?? null },
    encrypted: identity.mode !== 'none' && identity.mode !== undefined,
    encryption: encryptionOf(verified),
    intact: damageCount === 0,
    complete: verified.proven,
    steps: Object.fromEntries(steps.map(({ step, state }) => [step, state])),
    damage: { count: damageCount, places: damage.map((each: Damage) => ({ ...each })) },
    stored: { blobs, bytes: storedBytes, chunks, list },
  }
}

function encryptionOf({ encryption, identity, chunkLog2 }: VerifiedObject): Json {
  if (encryption === undefined) return identity.mode === undefined ? null : { mode: identity.mode }
  if (encryption.mode === 'none') return { mode: 'none' }
  const { mode, suite, encryptedAt } = encryption
  const common = { mode, suite, chunkBytes: 2 ** (chunkLog2 ?? 0), encryptedAt: time(encryptedAt) }
  if (mode === 'customer-key') return common
  if (mode === 'service-key') return { ...common, keyVersion: encryption.keyVersion }
  const { keyId, keyArn, keyVersion } = encryption
  return { ...common, keyId, keyArn, keyVersion }
}

/** `part place blobId bytes sha256`: a line a stored blob, as people compare it with sha256sum. */
function lineOf({ part, place, blobId, bytes, sha256 }: StoredBlob): string {
  return `${part} ${place} ${blobId} ${bytes} ${sha256}`
}

/**
 * SHA-256 over all lines, each ended by a newline. The statement holds this alone, so its size does not depend on the
 * number of parts (10,000 are a MiB of lines); the lines stand beside it in the file.
 */
function listDigest(digests: readonly StoredBlob[]): string {
  const hash = createHash('sha256')
  for (const digest of digests) hash.update(`${lineOf(digest)}\n`)
  return hash.digest('hex')
}

/** Signed is: format, newline, the statement without spaces (RFC 8785). The file itself is spaced for people. */
function sealed(key: ReceiptKey, statement: Json, digests: readonly StoredBlob[]): string {
  const message = Buffer.from(`${RECEIPT_FORMAT}\n${JSON.stringify(statement)}`)
  const file = {
    statement,
    blobs: digests.map(lineOf),
    publicKey: key.public.publicKey,
    signature: key.sign(message).toString('base64'),
  }
  return `${JSON.stringify(inOrder(file), undefined, 2)}\n`
}

function issued({ identity, damageCount }: VerifiedObject, to: ReceiptFor, text: string, at: number) {
  const { userId, projectId, sourceAddress, requestId } = to
  const digest = createHash('sha256').update(text).digest('hex')
  return {
    at,
    projectId,
    actor: { userId, accessKeyId: undefined, sourceAddress },
    action: 'coffer:IssueReceipt',
    keyId: undefined,
    keyVersion: undefined,
    bucket: identity.bucket,
    objectKey: identity.key,
    result: 'Success',
    requestId,
    details: { receipt: digest, intact: damageCount === 0 },
  }
}

function time(at: number): string {
  return new Date(at).toISOString()
}
