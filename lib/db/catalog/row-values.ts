import { StoreError } from '../../errors.ts'

/** A row as the driver gives it: whatever lies in the file, by column. */
export type SqlRow = Record<string, unknown>

/**
 * Reading a row's columns as what they must be. A database that somebody damaged or edited gives other types,
 * numbers out of range and broken JSON; those are ObjectCorrupt, never a wrong value or a crash further in.
 */
export function text(row: SqlRow, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw damaged(column)
  return value
}

/** A whole number from 0 to `maximum`. */
export function count(row: SqlRow, column: string, maximum = Number.MAX_SAFE_INTEGER): number {
  const value = row[column]
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > maximum)
    throw damaged(column)
  return value
}

export function bytes(row: SqlRow, column: string): Buffer {
  const value = row[column]
  if (!Buffer.isBuffer(value)) throw damaged(column)
  return value
}

export function flag(row: SqlRow, column: string): boolean {
  return count(row, column, 1) === 1
}

export function oneOf<T extends string>(row: SqlRow, column: string, allowed: readonly T[]): T {
  const value = text(row, column)
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw damaged(column)
  return found
}

const BLOB_ID = /^[0-9a-f]{32}$/

export function blobId(row: SqlRow, column: string): string {
  const value = text(row, column)
  if (!BLOB_ID.test(value)) throw damaged(column)
  return value
}

/** JSON of an object. Its shape is what this program wrote. */
export function json<T extends object>(row: SqlRow, column: string): T {
  const written = text(row, column)
  // Most objects have no tags and no context.
  if (written === '{}') return {} as T
  try {
    const value: unknown = JSON.parse(written)
    if (typeof value === 'object' && value !== null) return value as T
  } catch {
    // The parser's message would quote the text.
  }
  throw damaged(column)
}

/** Any of these, or undefined for NULL. */
export function optional<T>(
  row: SqlRow,
  column: string,
  read: (row: SqlRow, column: string) => T,
): T | undefined {
  return row[column] === null ? undefined : read(row, column)
}

export function damaged(column: string): StoreError {
  return new StoreError('ObjectCorrupt', 'A row of the catalog is damaged', { column })
}
