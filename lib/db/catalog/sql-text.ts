/** `"a", "b"` */
export function columnList(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ')
}

/** `"a" = ?, "b" = ?` */
export function assignments(columns: readonly string[]): string {
  return columns.map((column) => `"${column}" = ?`).join(', ')
}

/** `INSERT INTO t (…) VALUES (?, …)` */
export function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO "${table}" (${columnList(columns)}) VALUES (${columns.map(() => '?').join(', ')})`
}
