import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project folder, whichever folder the command was called from. */
export const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A step that failed in a foreseen way: `message` says what happened and what to do, so no stack is shown. */
export class StepFailed extends Error {}

/** One line of progress. */
export function say(line) {
  console.log(`coffer: ${line}`)
}

/** Says what takes a while, and how long it took. */
export async function timed(what, work) {
  say(`${what} …`)
  const begun = Date.now()
  const result = await work()
  say(`${what}: done in ${Math.max(1, Math.round((Date.now() - begun) / 1000))} s`)
  return result
}
