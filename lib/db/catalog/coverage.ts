import { setImmediate as others } from 'node:timers/promises'
import type { Catalog } from '../../store/catalog.ts'
import type { CoverageShare } from '../../store/coverage-model.ts'
import type { Sqlite } from '../connections.ts'
import { ALIKE, bindAlike, encryptedAlike } from './encrypted-alike.ts'
import type { KeyRange } from './filter-walks.ts'
import { isCounted } from './folders.ts'
import { afterPrefix, keyBytes } from './key-order.ts'
import type { SqlRow } from './row-values.ts'

/** Index entries counted before the event loop has its turn. */
const SLICE = 20_000

const SHARE = 'mode, suite, key_id AS keyId, SUM(objects) AS objects, SUM(bytes) AS bytes'
const METHOD = 'mode, suite, key_id'

/** How much is encrypted and how, from the counters; of folders that have none, by counting. */
export function coverageMethods(reader: Sqlite): Pick<Catalog, 'coverage' | 'projectCoverage'> {
  const ofBucket = reader.prepare<[string], SqlRow>(
    `SELECT ${SHARE} FROM usage WHERE bucket_id = +? GROUP BY ${METHOD}`,
  )
  const ofFolder = reader.prepare<[string, string], SqlRow>(
    `SELECT ${SHARE} FROM folder_usage WHERE bucket_id = +? AND folder = +? GROUP BY ${METHOD}`,
  )
  const ofProject = reader.prepare<[string], SqlRow>(
    `SELECT bucket_id, ${SHARE} FROM bucket JOIN usage USING (bucket_id) WHERE project_id = +? GROUP BY bucket_id, ${METHOD}`,
  )
  const countDeepFolder = folderCounter(reader)
  return {
    coverage: async (bucketId, folder) => {
      if (folder === '') return ofBucket.all(bucketId).map(toShare)
      if (isCounted(folder)) return ofFolder.all(bucketId, folder).map(toShare)
      return countDeepFolder(bucketId, folder)
    },
    projectCoverage: async (projectId) => {
      const byBucket = new Map<string, CoverageShare[]>()
      for (const row of ofProject.all(projectId)) {
        const bucketId = row['bucket_id'] as string
        byBucket.set(bucketId, [...(byBucket.get(bucketId) ?? []), toShare(row)])
      }
      return byBucket
    },
  }
}

interface Amount {
  objects: number
  bytes: number
}

/** Counts the entries of a folder in the index of methods, for each method that the bucket has. */
function folderCounter(reader: Sqlite): (bucketId: string, folder: string) => Promise<CoverageShare[]> {
  const groupsOf = encryptedAlike(reader)
  const inRange = `FROM object_version INDEXED BY object_version_found WHERE delete_marker = 0 AND bucket_id = +@bucket
    AND ${ALIKE} AND current = +@current AND key >= CAST(@lower AS TEXT) AND key < CAST(@upper AS TEXT)`
  const keyAt = reader
    .prepare<unknown[], string>(`SELECT key ${inRange} ORDER BY key LIMIT 1 OFFSET ${SLICE - 1}`)
    .pluck()
  const count = reader.prepare<unknown[], Amount>(
    `SELECT COUNT(*) AS objects, IFNULL(SUM(size), 0) AS bytes ${inRange}`,
  )
  const countAll = async (alike: object, range: KeyRange): Promise<Amount> => {
    const total: Amount = { objects: 0, bytes: 0 }
    for (let lower = range.lower; ;) {
      const last = keyAt.get({ ...range, ...alike, lower })
      const upper = last === undefined ? range.upper : keyBytes(`${last}\0`)
      const { objects, bytes } = count.get({ ...range, ...alike, lower, upper })!
      total.objects += objects
      total.bytes += bytes
      if (last === undefined) return total
      lower = upper
      await others()
    }
  }
  return async (bucket, folder) => {
    const range = { bucket, lower: keyBytes(folder), upper: afterPrefix(folder)! }
    const shares: CoverageShare[] = []
    for (const alike of groupsOf(bucket))
      for (const current of [0, 1]) {
        const amount = await countAll({ ...bindAlike(alike), current }, range)
        if (amount.objects > 0) shares.push(toShare({ ...alike, ...amount }))
      }
    return shares
  }
}

function toShare({ mode, suite, keyId, objects, bytes }: SqlRow): CoverageShare {
  return {
    mode: mode as CoverageShare['mode'],
    suite: (suite || undefined) as CoverageShare['suite'],
    keyId: (keyId || undefined) as string | undefined,
    objects: objects as number,
    bytes: bytes as number,
  }
}
