import { parentPort } from 'node:worker_threads'
import { type Checksum, createChecksum, readyChecksums } from '../crypto/checksums.ts'
import type { ChecksumAlgorithm } from './model.ts'

/** What the pool says to a thread. A lane carries one body at a time, in order. */
export type ToThread =
  | { say: 'begin'; lane: number; algorithms: ChecksumAlgorithm[] }
  | { say: 'hash'; lane: number; slot: ArrayBuffer; length: number }
  | { say: 'end'; lane: number }
  | { say: 'abandon'; lane: number }

/** What a thread answers: here is a slot to be filled again, or these are the digests. */
export type FromThread =
  | { say: 'hashed'; lane: number; slot: ArrayBuffer }
  | { say: 'digests'; lane: number; digests: Map<ChecksumAlgorithm, Uint8Array> }

type Running = Map<ChecksumAlgorithm, Checksum>

/**
 * A thread that hashes what the pool hands over (hash-pool.ts), so that MD5 and SHA-256 of an upload do not hold up
 * everybody else's requests. Slots are moved to and fro, never copied.
 */
async function serve(): Promise<void> {
  await readyChecksums()
  const port = parentPort!
  const lanes = new Map<number, Running>()
  const answer = (message: FromThread, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved)
  port.on('message', (message: ToThread) => {
    const { lane } = message
    if (message.say === 'begin') {
      lanes.set(lane, new Map(message.algorithms.map((name) => [name, createChecksum(name)] as const)))
      return
    }
    const running = lanes.get(lane)
    if (running === undefined) throw new Error('A lane speaks before it began')
    if (message.say === 'hash') {
      const piece = Buffer.from(message.slot, 0, message.length)
      for (const digest of running.values()) digest.update(piece)
      answer({ say: 'hashed', lane, slot: message.slot }, [message.slot])
      return
    }
    lanes.delete(lane)
    answer({
      say: 'digests',
      lane,
      digests: new Map([...running].map(([name, sum]) => [name, sum.digest()])),
    })
  })
}

await serve()
