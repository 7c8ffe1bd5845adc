import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import {
  openBatchBench,
  ORIGIN,
  putMany,
  untilState,
  type BatchBench,
} from '../lib/batch/batch.test-support.ts'
import type { AskedTarget } from '../lib/batch/jobs.ts'
import { machine } from './machine.ts'
import { hundredths, table, whole } from './table.ts'

/**
 * What a batch job costs that re-wraps data keys, all in: permission, unwrap and wrap under the object's binding, proof
 * of the row, audit log, row, result and counters. Objects are small and lie in the database, so nothing else is
 * measured. The aim is 100,000 re-wraps a core-minute: 600 µs of CPU each. `--objects` 100,000 unless told otherwise;
 * with several numbers, divided by commas, it shows how the cost grows; `--once` leaves the second job out.
 */
const { values } = parseArgs({
  options: {
    objects: { type: 'string', default: '100000' },
    /** only from key to key: of millions, half the time */
    once: { type: 'boolean', default: false },
  },
})
const sizes = values.objects.split(',').map(Number)
const BUCKET = 'rewrap-bench'

interface Measured {
  what: string
  objects: number
  seconds: number
  cpuSeconds: number
  /** the longest that others waited for their turn */
  delayMs: number
  p99DelayMs: number
}

async function measure(what: string, objects: number, work: () => Promise<unknown>): Promise<Measured> {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const cpu = process.cpuUsage()
  const begun = performance.now()
  await work()
  const seconds = (performance.now() - begun) / 1000
  const { user, system } = process.cpuUsage(cpu)
  delay.disable()
  const p99DelayMs = delay.percentile(99) / 1e6
  const cpuSeconds = (user + system) / 1e6
  // Millions take an hour: whoever must stop it earlier keeps what it found.
  console.error(`${what}, ${whole(objects)}: ${whole((cpuSeconds / objects) * 1e6)} µs of CPU each`)
  return { what, objects, seconds, cpuSeconds, delayMs: delay.max / 1e6, p99DelayMs }
}

async function job(
  bench: BatchBench,
  objects: number,
  what: string,
  target: AskedTarget,
): Promise<Measured[]> {
  const { batch } = bench.system
  // Looking after the job costs a query, which is not to be measured.
  const seldom = { ...bench, pollMs: 250 }
  const selection = { kind: 'filter', bucket: BUCKET, filter: {} } as const
  let jobId = ''
  const planned = await measure(`plan, ${what}`, objects, async () => {
    jobId = (await batch.create(bench.owner, { selection, target }, ORIGIN)).job.jobId
    await untilState(seldom, jobId, 'Suspended')
  })
  const ran = await measure(what, objects, async () => {
    await batch.act(bench.owner, jobId, 'confirm', ORIGIN)
    const { job } = await untilState(seldom, jobId, 'Complete', 'Failed', 'Paused')
    if (job.state !== 'Complete' || job.progress.rewrapped !== objects)
      throw new Error(`The job did not do its work: ${JSON.stringify([job.state, job.reason, job.progress])}`)
    await bench.system.audit.flush()
  })
  return [planned, ran]
}

async function round(objects: number): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-rewrap-'))
  const bench = await openBatchBench(folder, { COFFER_SCRUB_DAYS: '0' })
  try {
    await bench.run({ name: 'CreateBucket', bucket: BUCKET })
    const [first, second] = [await bench.newKey(), await bench.newKey()]
    const managed = { kind: 'managed-key', suite: 'AES256', context: {} } as const
    const put = {
      bucket: BUCKET,
      prefix: 'a folder/',
      count: objects,
      encryption: { ...managed, keyRef: first },
    }
    const measured = [await measure('put them', objects, () => putMany(bench, put))]
    measured.push(...(await job(bench, objects, 'from key to key', { ...managed, keyRef: second })))
    if (!values.once)
      measured.push(
        ...(await job(bench, objects, 'to the service’s key', { kind: 'service-key', suite: 'AES256' })),
      )
    const bytes = statSync(join(folder, 'data', 'coffer.db')).size
    console.log(
      `${whole(objects)} objects: database of ${whole(bytes / 2 ** 20)} MiB, ${whole(process.memoryUsage().rss / 2 ** 20)} MiB of memory`,
    )
    return measured
  } finally {
    await bench.system.close()
    rmSync(folder, { recursive: true })
  }
}

console.log(machine())
const rows = []
for (const objects of sizes) rows.push(...(await round(objects)))
console.log(
  table(
    ['', 'objects', 'seconds', 'CPU µs each', 'a core-minute', 'wait p99 ms', 'wait max ms'],
    rows.map(({ what, objects, seconds, cpuSeconds, delayMs, p99DelayMs }) => [
      what,
      whole(objects),
      hundredths(seconds),
      whole((cpuSeconds / objects) * 1e6),
      whole((objects / cpuSeconds) * 60),
      whole(p99DelayMs),
      whole(delayMs),
    ]),
  ),
)
