/** A value of JSON whose numbers are whole; what is undefined is left out. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined }

/**
 * The same value with the names of every object in UTF-16 order. Written without spaces this is RFC 8785 (JCS) for
 * texts, whole numbers and truth values, so anybody can make the same bytes of it. The audit log's own canonical form
 * (lib/audit/canonical-bytes.ts) is of flat records; a receipt has parts.
 * @throws TypeError for a number that is not a safe integer
 */
export function inOrder(value: Json): Json {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new TypeError('Only whole numbers')
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return value.map(inOrder)
  const entries = Object.entries(value).flatMap(([name, each]) =>
    each === undefined ? [] : ([[name, inOrder(each)]] as const),
  )
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value)
}
