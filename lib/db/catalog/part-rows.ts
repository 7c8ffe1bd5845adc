import type { PartRow } from '../../store/model.ts'
import { type Value, bindEtag, toEtag } from './column-groups.ts'
import { MAX_PARTS } from './object-rows.ts'
import { blobId, bytes, count, optional, text, type SqlRow } from './row-values.ts'

export const PART_COLUMNS = [
  'object_id',
  'number',
  'offset',
  'size',
  'blob_id',
  'salt',
  'commitment',
  'etag',
  'sealed_etag',
  'checksums',
  'mac',
  'uploaded_at',
  'inline',
] as const

export function bindPart(p: PartRow): Value[] {
  return [
    p.objectId,
    p.number,
    p.offset,
    p.size,
    p.blobId,
    p.salt,
    p.commitment,
    ...bindEtag(p.etag),
    p.checksums,
    p.mac,
    p.uploadedAt,
    p.inline ?? null,
  ]
}

export function toPart(r: SqlRow): PartRow {
  return {
    objectId: text(r, 'object_id'),
    number: count(r, 'number', MAX_PARTS),
    offset: count(r, 'offset'),
    size: count(r, 'size'),
    blobId: blobId(r, 'blob_id'),
    salt: bytes(r, 'salt'),
    commitment: bytes(r, 'commitment'),
    etag: toEtag(r),
    checksums: bytes(r, 'checksums'),
    mac: bytes(r, 'mac'),
    uploadedAt: count(r, 'uploaded_at'),
    inline: optional(r, 'inline', bytes),
  }
}
