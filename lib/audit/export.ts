import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AuditFilter, AuditRepository } from './audit-repository.ts'
import type { AuditHead } from './chain.ts'
import { csvHeader, csvLine } from './csv.ts'
import { fits } from './filter.ts'
import type { AuditRecord } from './model.ts'

const PAGE = 500

type Source = Pick<AuditRepository, 'chain' | 'findAfter'>

/**
 * The records that fit, oldest first, one JSON object a line, with all that a verifier needs and no secret: of every
 * record in between only its hashes, so that the chain is whole though it also holds what others did. The last line
 * is the head.
 */
export async function* ndjsonExport(
  source: Source,
  filter: AuditFilter,
  head: AuditHead | undefined,
): AsyncGenerator<Buffer> {
  for (let after = 0; head !== undefined && after < head.sequence;) {
    const page = (await source.chain(after, PAGE)).filter(({ sequence }) => sequence <= head.sequence)
    if (page.length === 0) break
    const lines = page.map((record) =>
      JSON.stringify(fits(filter, record) ? recordJson(record) : linkJson(record)),
    )
    yield Buffer.from(`${lines.join('\n')}\n`)
    after = page.at(-1)!.sequence
    await nextTurn()
  }
  if (head !== undefined) yield Buffer.from(`${JSON.stringify({ head: headJson(head) })}\n`)
}

/** The records that fit, oldest first, for spreadsheets: RFC 4180. */
export async function* csvExport(source: Source, filter: AuditFilter): AsyncGenerator<Buffer> {
  yield Buffer.from(csvHeader())
  let after: number | undefined = 0
  while (after !== undefined) {
    const { records, scannedTo } = await source.findAfter(filter, after, PAGE)
    if (records.length > 0) yield Buffer.from(records.map(csvLine).join(''))
    after = scannedTo
    await nextTurn()
  }
}

/** Every field that the hash covers; absent ones are left out. scripts/audit/verify.mjs reads it. */
export function recordJson({ actor, previousHash, hash, ...record }: AuditRecord): Record<string, unknown> {
  return { ...record, ...actor, previousHash: previousHash.toString('hex'), hash: hash.toString('hex') }
}

function linkJson({ sequence, previousHash, hash }: AuditRecord): Record<string, unknown> {
  return { sequence, previousHash: previousHash.toString('hex'), hash: hash.toString('hex') }
}

function headJson({ sequence, hash, mac }: AuditHead): Record<string, unknown> {
  return { sequence, hash: hash.toString('hex'), mac: mac.toString('hex') }
}
