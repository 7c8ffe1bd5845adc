import type { Finding, FindingQuery, IntegrityRepository } from '../../proof/integrity-repository.ts'
import type { ScrubTally } from '../../jobs/scrub-repository.ts'
import type { EncryptionMode } from '../../store/encryption-model.ts'
import type { Damage } from '../../store/verdict.ts'
import type { Sqlite } from '../connections.ts'
import { ROUND, toRound, type RoundRow } from './scrub.ts'

interface FindingRow {
  findingId: number
  objectId: string
  projectId: string | null
  bucketId: string
  bucket: string
  key: string
  versionId: string
  size: number | null
  mode: EncryptionMode | null
  damage: string
  damageCount: number
  foundBy: 'check' | 'scrub'
  firstSeen: number
  lastSeen: number
  resolvedAt: number | null
  resolution: 'passed' | 'gone' | null
}

const SELECT = `SELECT finding_id AS findingId, object_id AS objectId, project_id AS projectId, bucket_id AS bucketId, bucket,
  key, version_id AS versionId, size, mode, damage, damage_count AS damageCount, found_by AS foundBy,
  first_seen AS firstSeen, last_seen AS lastSeen, resolved_at AS resolvedAt, resolution FROM integrity_finding`

/** Findings without a bucket belong to no project: the installation's administrators see them. */
const OF_PROJECT = '(project_id = @projectId OR (@homeless = 1 AND project_id IS NULL))'

/** What the console shows of checks and rounds. */
export function sqliteIntegrity(reader: Sqlite): IntegrityRepository {
  const list = reader.prepare<Record<string, unknown>, FindingRow>(
    `${SELECT} WHERE ${OF_PROJECT} AND finding_id < @before AND (resolved_at IS NULL) = @open
       AND (@search = '' OR instr(bucket || '/' || key, @search) > 0) ORDER BY finding_id DESC LIMIT @limit`,
  )
  const count = reader
    .prepare<Record<string, unknown>, number>(
      `SELECT COUNT(*) FROM integrity_finding WHERE ${OF_PROJECT} AND resolved_at IS NULL`,
    )
    .pluck()
  const ofObject = reader.prepare<[string, string], FindingRow>(
    `${SELECT} WHERE bucket = +? AND key = ? AND resolved_at IS NULL ORDER BY finding_id DESC LIMIT 1`,
  )
  const round = reader.prepare<[number], RoundRow>(
    `${ROUND} WHERE (finished_at IS NOT NULL) = ? ORDER BY round_id DESC LIMIT 1`,
  )
  const tally = reader.prepare<[number, string], ScrubTally>(
    `SELECT objects, bytes, without_key AS withoutKey, unchecked, damaged FROM scrub_tally
     WHERE round_id = ? AND project_id = ?`,
  )
  return {
    findings: async (query) => list.all(bind(query)).map(toFinding),
    openFindings: async ({ projectId, homeless }) => count.get({ projectId, homeless: Number(homeless) })!,
    openFindingOf: async (bucket, key) => {
      const row = ofObject.get(bucket, key)
      return row && toFinding(row)
    },
    runningRound: async () => toRound(round.get(0)),
    lastRound: async () => toRound(round.get(1)),
    tally: async (roundId, projectId) => tally.get(roundId, projectId),
  }
}

function bind({ projectId, homeless, state, search, before, limit }: FindingQuery) {
  return { projectId, homeless: Number(homeless), open: Number(state === 'open'), search, before, limit }
}

function toFinding(row: FindingRow): Finding {
  const { projectId, size, mode, damage, resolvedAt, resolution, ...rest } = row
  return {
    ...rest,
    projectId: projectId ?? undefined,
    size: size ?? undefined,
    mode: mode ?? undefined,
    damage: JSON.parse(damage) as Damage[],
    resolvedAt: resolvedAt ?? undefined,
    resolution: resolution ?? undefined,
  }
}
