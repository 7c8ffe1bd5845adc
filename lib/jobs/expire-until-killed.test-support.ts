import { writeSync } from 'node:fs'
import { openDatabase } from '../db/database.ts'
import { createLifecycleJob } from './lifecycle.ts'

/** A process of its own that carries out the lifecycle rules of a data folder, as if it were `now`, and says what it did. */
const [dataDir, now] = process.argv.slice(2) as [string, string]
const { catalog, lifecycle: repository } = await openDatabase({ dataDir, garbageGraceMs: 0 })
const job = createLifecycleJob({
  catalog,
  repository,
  audit: {
    append: ({ action, objectKey }) => {
      writeSync(1, `${JSON.stringify({ action, objectKey })}\n`)
      return Promise.resolve()
    },
  },
  pace: { spend: () => Promise.resolve() },
  everyHours: 24,
  now: () => Number(now),
})
await job.run()
writeSync(1, `${JSON.stringify({ action: 'done' })}\n`)
process.exit(0)
