import { createHash, randomBytes } from 'node:crypto'
import { cpuSeconds, peakMemory, resetPeakMemory } from './process-facts.ts'
import { type Target, UNSIGNED, withConnections } from './targets.ts'
import type { RepeatedBody } from './wire.ts'

const MIB = 2 ** 20
const BLOCK_BYTES = 256 * 1024

export interface LargeResult {
  /** MiB a second, by the clock */
  speed: number
  /** processor seconds of the server per GiB */
  cpuPerGiB: number
  /** MB */
  peak: number
}

export interface LargeBody extends RepeatedBody {
  bytes: number
  sha256: string
}

export function largeBody(mebibytes: number): LargeBody {
  const block = randomBytes(BLOCK_BYTES)
  const times = (mebibytes * MIB) / BLOCK_BYTES
  const hash = createHash('sha256')
  for (let index = 0; index < times; index++) hash.update(block)
  return { block, times, bytes: times * BLOCK_BYTES, sha256: hash.digest('hex') }
}

export function putLarge(
  target: Target,
  body: LargeBody,
  payload: 'signed' | 'unsigned',
): Promise<LargeResult> {
  const head = target.put('large', body.bytes, payload === 'signed' ? body.sha256 : UNSIGNED)
  return measure(target, body.bytes, head, body)
}

export function getLarge(target: Target, body: LargeBody): Promise<LargeResult> {
  return measure(target, body.bytes, target.get('large', body.bytes))
}

async function measure(
  target: Target,
  bytes: number,
  head: Buffer,
  body?: RepeatedBody,
): Promise<LargeResult> {
  return withConnections(target.port, 1, async ([connection]) => {
    resetPeakMemory(target.pid)
    const cpu = cpuSeconds(target.pid)
    const begun = performance.now()
    await connection?.roundTrip(head, body)
    const seconds = (performance.now() - begun) / 1000
    return {
      speed: bytes / MIB / seconds,
      cpuPerGiB: (cpuSeconds(target.pid) - cpu) / (bytes / 2 ** 30),
      peak: peakMemory(target.pid),
    }
  })
}
