import { openBatchBench, ORIGIN, untilState } from './batch.test-support.ts'
import { say } from '../say.test-support.ts'

/**
 * A process of its own that opens a Coffer, which takes up the jobs it finds, and says when it is there and when the
 * job is done. With `finish` it takes the throttle away first.
 */
const [folder, jobId, finish] = process.argv.slice(2)
const bench = await openBatchBench(folder!, { COFFER_SCRUB_DAYS: '0' })
say('open')
if (finish === 'finish') await bench.system.batch.setThrottle(bench.owner, jobId!, {}, ORIGIN)
const { job } = await untilState(bench, jobId!, 'Complete', 'Failed', 'Paused')
await bench.system.close()
say(job.state)
