import type { AuditEvent, AuditRecord } from './model.ts'

/** First bytes of every record; another layout gets another number. */
const FORMAT = 'coffer/audit/v1\0'

/**
 * The bytes of a record that its hash covers. No two records give the same:
 *
 *     "coffer/audit/v1" NUL ‖ BE64 sequence ‖ previous hash (32) ‖ BE64 at
 *     ‖ projectId ‖ userId ‖ accessKeyId ‖ sourceAddress ‖ action ‖ keyId ‖ keyVersion ‖ bucket ‖ objectKey
 *     ‖ result ‖ requestId ‖ BE32 number of details ‖ (name ‖ value)*, by UTF-16 order of names
 *
 * Every field is one byte for its type, then BE32 length, then UTF-8: 0 absent (and nothing more), 1 text,
 * 2 number in decimal (as ECMAScript writes it), 3 "true" or "false".
 */
export function canonicalBytes(record: Omit<AuditRecord, 'hash'>): Buffer {
  const bytes = new FieldWriter()
  bytes.raw(FORMAT)
  bytes.be64(record.sequence)
  bytes.append(record.previousHash)
  bytes.be64(record.at)
  for (const value of fieldsOf(record)) bytes.field(value)
  const names = Object.keys(record.details).sort()
  bytes.be32(names.length)
  for (const name of names) {
    bytes.field(name)
    bytes.field(record.details[name])
  }
  return bytes.done()
}

function fieldsOf(event: AuditEvent): (string | number | undefined)[] {
  const { userId, accessKeyId, sourceAddress } = event.actor
  const { projectId, action, keyId, keyVersion, bucket, objectKey, result, requestId } = event
  return [
    projectId,
    userId,
    accessKeyId,
    sourceAddress,
    action,
    keyId,
    keyVersion,
    bucket,
    objectKey,
    result,
    requestId,
  ]
}

/** Grows as needed; hundreds of events are hashed at a time, so the bytes are not put together from small buffers. */
class FieldWriter {
  #bytes = Buffer.allocUnsafe(1024)
  #length = 0

  raw(text: string): void {
    this.#reserve(text.length)
    this.#length += this.#bytes.write(text, this.#length, 'latin1')
  }

  append(bytes: Buffer): void {
    this.#reserve(bytes.length)
    this.#length += bytes.copy(this.#bytes, this.#length)
  }

  be32(value: number): void {
    this.#reserve(4)
    this.#length = this.#bytes.writeUInt32BE(value, this.#length)
  }

  be64(value: number): void {
    this.#reserve(8)
    this.#length = this.#bytes.writeBigInt64BE(BigInt(value), this.#length)
  }

  field(value: string | number | boolean | undefined): void {
    const text = value === undefined ? '' : String(value)
    // UTF-8 of n UTF-16 units takes at most 3n bytes
    this.#reserve(5 + 3 * text.length)
    this.#bytes[this.#length] = TYPES[typeof value as keyof typeof TYPES]
    if (value === undefined) {
      this.#length += 1
      return
    }
    const written = this.#bytes.write(text, this.#length + 5, 'utf8')
    this.#bytes.writeUInt32BE(written, this.#length + 1)
    this.#length += 5 + written
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (this.#length + more))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

const TYPES = { undefined: 0, string: 1, number: 2, boolean: 3 } as const
