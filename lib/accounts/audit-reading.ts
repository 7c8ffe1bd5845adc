import type { AuditFilter, AuditRepository, FoundRecord } from '../audit/audit-repository.ts'
import { csvExport, ndjsonExport } from '../audit/export.ts'
import { firstDayNeeded, keyUsage, type KeyUsage } from '../audit/key-usage.ts'
import type { AuditLog } from '../audit/model.ts'
import { projectArn } from '../policy/resources.ts'
import type { Caller } from '../store/model.ts'
import { Acts, type ActOrigin } from './acts.ts'

type MemberCaller = Caller & { kind: 'member' }
/** Within the caller's project. */
export type ProjectFilter = Omit<AuditFilter, 'projectId'>

export interface AuditPage {
  /** newest first */
  records: FoundRecord[]
  /** `before` of the next page; undefined at the end. A page may be short, or empty, and not the last. */
  next: number | undefined
  /** the newest record of the whole log */
  head: { sequence: number; hash: Buffer; at: number } | undefined
}

/** The audit log for those who may read it: owners, administrators and auditors, or whom a policy lets. */
export interface AuditReading {
  /** @throws StoreError AccessDenied */
  search(
    caller: MemberCaller,
    filter: ProjectFilter,
    page: { before?: number | undefined; limit: number },
    origin: ActOrigin,
  ): Promise<AuditPage>
  /** Itself an act that is written to the log. @throws StoreError AccessDenied */
  export(
    caller: MemberCaller,
    filter: ProjectFilter,
    format: 'ndjson' | 'csv',
    origin: ActOrigin,
  ): Promise<AsyncIterable<Buffer>>
  /** Calls for one key of the caller's project; whether it is, is asked before. @throws StoreError AccessDenied */
  keyUsage(caller: MemberCaller, keyId: string, days: number, origin: ActOrigin): Promise<KeyUsage>
}

/** Windows of rows that one search looks at before it answers with what it found. */
const MOST_WINDOWS = 50

export function createAuditReading(p: {
  repository: AuditRepository
  audit: AuditLog
  /** ms since the epoch */
  clock?: () => number
}): AuditReading {
  const { repository, audit, clock = Date.now } = p
  const acts = new Acts(audit, clock)
  return {
    search: async (caller, filter, page, origin) => {
      acts.check(caller, 'coffer:ReadAuditLog', projectArn(caller.account), origin)
      await audit.flush()
      const found = await searched(repository, { ...filter, projectId: caller.projectId }, page)
      return { ...found, head: await repository.end() }
    },
    export: async (caller, filter, format, origin) => {
      const resource = projectArn(caller.account)
      const act = {
        action: 'coffer:ExportAuditLog',
        resource,
        details: { format, ...given(filter) },
      } as const
      await acts.perform(caller, act, origin, async () => undefined)
      const scoped = { ...filter, projectId: caller.projectId }
      if (format === 'csv') return csvExport(repository, scoped)
      return ndjsonExport(repository, scoped, await repository.head())
    },
    keyUsage: async (caller, keyId, days, origin) => {
      acts.check(caller, 'coffer:GetKeyUsage', projectArn(caller.account), origin)
      await audit.flush()
      const now = clock()
      return keyUsage(await repository.keyUses(keyId, firstDayNeeded(now, days)), now, days)
    },
  }
}

/** Window after window until the page is full; others have their turn in between. */
async function searched(
  repository: AuditRepository,
  filter: AuditFilter,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<Omit<AuditPage, 'head'>> {
  const records: FoundRecord[] = []
  let next: number | undefined = before ?? Number.MAX_SAFE_INTEGER
  for (let i = 0; i < MOST_WINDOWS && next !== undefined && records.length < limit; i++) {
    const found = await repository.findBefore(filter, next, limit - records.length)
    records.push(...found.records)
    next = found.scannedTo
    await new Promise((turn) => setImmediate(turn))
  }
  return { records, next }
}

function given(filter: ProjectFilter): Record<string, string | number> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}
