import { openDatabase } from '../db/database.ts'
import { createLifecycleJob } from './lifecycle.ts'
import { say } from '../say.test-support.ts'

/** A process of its own that carries out the lifecycle rules of a data folder, as if it were `now`, and says what it did. */
const [dataDir, now] = process.argv.slice(2) as [string, string]
const { catalog, lifecycle: repository } = await openDatabase({ dataDir, garbageGraceMs: 0 })
const job = createLifecycleJob({
  catalog,
  repository,
  audit: {
    append: ({ action, objectKey }) => {
      say(JSON.stringify({ action, objectKey }))
      return Promise.resolve()
    },
  },
  pace: { spend: () => Promise.resolve() },
  everyHours: 24,
  now: () => Number(now),
})
await job.run()
say(JSON.stringify({ action: 'done' }))
process.exit(0)
