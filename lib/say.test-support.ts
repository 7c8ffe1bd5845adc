import { writeSync } from 'node:fs'

/**
 * A line to who started this process, at once and past every buffer: what is said was acknowledged, what was acknowledged
 * may be unsaid. The pipe does not block, and a slow reader may have left it full.
 */
export function say(line: string): void {
  let rest = Buffer.from(`${line}\n`)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}
