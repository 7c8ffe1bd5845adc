import type { AuditHead } from '@/lib/console/schemas-audit'

/** The command of the audit page; e2e runs it as it is, on an export. */
export function verifyCommand({ sequence, hash }: Pick<AuditHead, 'sequence' | 'hash'>): string {
  return `npm run audit:verify -- audit.ndjson --head ${sequence}:${hash}`
}
