import { newEvent } from '../../audit/audit.test-support.ts'
import { createAuditLog } from '../../audit/log.ts'
import { openDatabase } from '../database.ts'
import { say } from '../../say.test-support.ts'

/** A process of its own that records and appends for ever, and says of each act only after it was acknowledged. */
const [dataDir, round] = process.argv.slice(2)
const { audit: repository } = await openDatabase({ dataDir: dataDir! })
const audit = createAuditLog({ repository, headKey: Buffer.alloc(32, 7) })

async function actForEver(writer: number): Promise<never> {
  for (let i = 0; ; i++) {
    for (let k = 0; k < 20; k++) audit.record(newEvent({ keyId: 'k', requestId: `use` }))
    const requestId = `${round}/${writer}/${i}`
    await audit.append(newEvent({ action: 'coffer:Act', requestId }))
    say(requestId)
  }
}

await Promise.all(Array.from({ length: 8 }, (_, writer) => actForEver(writer)))
