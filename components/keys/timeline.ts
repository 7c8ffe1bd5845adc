import type { AuditRecord } from '@/lib/console/schemas-audit'
import type { Rotation } from '@/lib/console/schemas-keys'

/** One line of a key's history: a version that was made, or what somebody did or was refused, so many times. */
export type TimelineEntry = { id: string; at: number; userId: string | undefined } & (
  | { kind: 'version'; version: number; type: Rotation['type'] }
  | { kind: 'records'; action: string; result: string; count: number; since: number; object: string }
)

type Run = Extract<TimelineEntry, { kind: 'records' }>

/** Acts of the log that made a version: told once, as the version. */
const MAKING: Record<string, Rotation['type']> = {
  'kms:CreateKey': 'CREATION',
  'kms:RotateKeyOnDemand': 'ON_DEMAND',
  'kms:ImportKeyMaterial': 'IMPORT',
}
/** A version and the record of its making carry times of the same second or so. */
const SAME_MS = 5000
const LOOKING = /^kms:(Describe|List|Get(?!ParametersForImport))/

/**
 * Newest first. Looks that were allowed are left out, and a run of the same act by the same person is one line;
 * nothing else is.
 * @param records newest first; those loaded so far
 * @param complete there are no older ones
 */
export function timelineOf(
  rotations: readonly Rotation[],
  records: readonly AuditRecord[],
  complete: boolean,
): TimelineEntry[] {
  const told = new Set<number>()
  const versions = rotations.map(({ version, at, type }): TimelineEntry => {
    const record = records.find(
      (one) => one.result === 'Success' && MAKING[one.action] === type && Math.abs(one.at - at) < SAME_MS,
    )
    if (record) told.add(record.sequence)
    return { id: `v${version}`, at, kind: 'version', version, type, userId: record?.userId }
  })
  const oldest = records.at(-1)?.at ?? 0
  const acts = runsOf(
    records.filter((record) => !isLook(record)),
    told,
  )
  // Older versions wait until the log has been loaded so far back, or they would stand out of their time.
  const placed = complete ? versions : versions.filter(({ at }) => at >= oldest - SAME_MS)
  return [...placed, ...acts].sort((a, b) => b.at - a.at)
}

function isLook({ action, result }: AuditRecord): boolean {
  return result === 'Success' && LOOKING.test(action)
}

/** A version that was made in between ends a run. */
function runsOf(records: readonly AuditRecord[], told: ReadonlySet<number>): TimelineEntry[] {
  const runs: Run[] = []
  let run: Run | undefined
  for (const record of records) {
    const { sequence, at, action, result, userId, bucket, objectKey } = record
    const object = [bucket, objectKey].filter(Boolean).join('/')
    if (told.has(sequence)) {
      run = undefined
    } else if (run && run.action === action && run.result === result && run.userId === userId) {
      run.count += 1
      run.since = at
      if (run.object !== object) run.object = ''
    } else {
      run = { id: `r${sequence}`, at, kind: 'records', action, result, userId, count: 1, since: at, object }
      runs.push(run)
    }
  }
  return runs
}
