import type { FoundRecord } from './audit-repository.ts'

const FIELDS: readonly [string, (record: FoundRecord) => string | number | undefined][] = [
  ['sequence', ({ sequence }) => sequence],
  ['time', ({ at }) => timeOf(at)],
  ['user', ({ actorName }) => actorName],
  ['userId', ({ actor }) => actor.userId],
  ['accessKeyId', ({ actor }) => actor.accessKeyId],
  ['sourceAddress', ({ actor }) => actor.sourceAddress],
  ['action', ({ action }) => action],
  ['keyId', ({ keyId }) => keyId],
  ['keyVersion', ({ keyVersion }) => keyVersion],
  ['bucket', ({ bucket }) => bucket],
  ['objectKey', ({ objectKey }) => objectKey],
  ['result', ({ result }) => result],
  ['requestId', ({ requestId }) => requestId],
  ['details', ({ details }) => JSON.stringify(details)],
  ['hash', ({ hash }) => hash.toString('hex')],
]

export function csvHeader(): string {
  return csvRow(FIELDS.map(([name]) => name))
}

export function csvLine(record: FoundRecord): string {
  return csvRow(FIELDS.map(([, valueOf]) => valueOf(record)))
}

/** One record of any table, cells as `cell` makes them. */
export function csvRow(values: readonly (string | number | undefined)[]): string {
  return `${values.map(cell).join(',')}\r\n`
}

/**
 * Quoted always (RFC 4180 §2), and never the beginning of a formula: an object's name must not compute in the auditor's
 * spreadsheet (OWASP, "CSV Injection"). A cell that begins so gets an apostrophe in front.
 */
function cell(value: string | number | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const harmless = /^[\s]*[=+\-@|%＝＋－＠]|^[\t\r\n]/u.test(value) ? `'${value}` : value
  return `"${harmless.replaceAll('"', '""')}"`
}

/** Times beyond ECMAScript's are told as the number they are. */
function timeOf(at: number): string {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at)
}
