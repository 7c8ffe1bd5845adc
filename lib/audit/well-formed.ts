import type { AuditEvent } from './model.ts'

/** Longer texts are cut: no caller may fill the log with one request. Names of objects are at most this long. */
const LONGEST = 1024
const MOST_DETAILS = 32

/**
 * The event as it comes back from the database and from an export: Unicode texts only, numbers that JSON has, times
 * in whole milliseconds. Otherwise its hash would not hold there.
 */
export function wellFormed(event: AuditEvent): AuditEvent {
  const { actor } = event
  return {
    at: Math.trunc(event.at),
    projectId: text(event.projectId),
    actor: {
      userId: text(actor.userId),
      accessKeyId: text(actor.accessKeyId),
      sourceAddress: text(actor.sourceAddress),
    },
    action: cut(event.action),
    keyId: text(event.keyId),
    keyVersion: event.keyVersion,
    bucket: text(event.bucket),
    objectKey: text(event.objectKey),
    result: cut(event.result),
    requestId: text(event.requestId),
    details: detailsOf(event.details),
  }
}

function detailsOf(details: AuditEvent['details']): AuditEvent['details'] {
  const entries = Object.entries(details).slice(0, MOST_DETAILS)
  return Object.fromEntries(entries.map(([name, value]) => [cut(name), plain(value)]))
}

function plain(value: string | number | boolean): string | number | boolean {
  if (typeof value === 'string') return cut(value)
  // JSON has neither NaN nor -0
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value)
  return value
}

function text(value: string | undefined): string | undefined {
  return value === undefined ? undefined : cut(value)
}

function cut(value: string): string {
  return (value.length <= LONGEST ? value : `${value.slice(0, LONGEST)}…`).toWellFormed()
}
