import { randomUUID } from 'node:crypto'
import type { BlobStore } from '../blobs/blob-store.ts'
import { StartError } from '../keys/start-error.ts'

/** What a database remembers of the blobs that it was started with. */
export interface Lineage {
  /** which store this is; the blobs carry the same name */
  store: string
  /** how often it was started; the blobs count along, so that a database from before is known as such */
  starts: number
  /** ms since the epoch before which no orphan is swept */
  sweepFrom?: number | undefined
}

export interface LineageRepository {
  lineage(): Promise<Lineage | undefined>
  /** Durable once resolved. */
  keepLineage(lineage: Lineage): Promise<void>
}

export interface ClaimDeps {
  repository: LineageRepository
  blobs: Pick<BlobStore, 'label' | 'setLabel' | 'list'>
  /** nothing was ever kept in this database */
  unused: boolean
  /** ms since the epoch */
  now: () => number
}

export interface Claim {
  /** ms since the epoch before which no orphan may be swept */
  sweepFrom: number
  /** the blobs have served a newer database than this one */
  older: boolean
}

/** ms for which blobs that an older database does not know are kept: whoever put it there may still put the right one back. */
const SPARED_MS = 30 * 24 * 3_600_000

/**
 * Says whether database and blobs belong together, before anything is swept: to a database that was lost, or put back from
 * a copy, every later upload looks like an orphan.
 * @throws StartError when a new database, or that of another store, meets blobs
 */
export async function claimBlobs({ repository, blobs, unused, now }: ClaimDeps): Promise<Claim> {
  const known = await repository.lineage()
  const label = parseLabel(await blobs.label())
  // A first start that failed further on has left its name on both.
  const fresh = unused && known === undefined
  if (fresh ? label !== undefined || !(await isEmpty(blobs)) : isForeign(known, label)) throw foreign()
  const older = label !== undefined && (known?.starts ?? 0) < label.starts
  // Without a label nobody can vouch for the blobs: they come from an earlier version, or from a copy without it.
  const doubtful = older || (label === undefined && !fresh)
  const sweepFrom = doubtful ? now() + SPARED_MS : known?.sweepFrom
  const store = known?.store ?? label?.store ?? randomUUID()
  const starts = Math.max(known?.starts ?? 0, label?.starts ?? 0) + 1
  // The database first: blobs that had counted further would be taken for those of a newer one.
  await repository.keepLineage({ store, starts, sweepFrom })
  await blobs.setLabel(JSON.stringify({ store, starts }))
  return { sweepFrom: sweepFrom ?? 0, older }
}

function isForeign(known: Lineage | undefined, label: Label | undefined): boolean {
  return known !== undefined && label !== undefined && known.store !== label.store
}

async function isEmpty(blobs: Pick<BlobStore, 'list'>): Promise<boolean> {
  for await (const _ of blobs.list()) return false
  return true
}

type Label = Pick<Lineage, 'store' | 'starts'>

/** A label that cannot be read vouches for nothing. */
function parseLabel(text: string | undefined): Label | undefined {
  if (text === undefined) return undefined
  try {
    const { store, starts } = JSON.parse(text) as Partial<Label>
    if (typeof store === 'string' && Number.isSafeInteger(starts)) return { store, starts: starts! }
  } catch {
    // No JSON.
  }
  return undefined
}

function foreign(): StartError {
  return new StartError(
    'The folder blobs holds files that this database does not know.',
    'Put the database that belongs to them back beside it (coffer.db, and coffer.db-wal if there is one). To begin anew, move both away.',
  )
}
