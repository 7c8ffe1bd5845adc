import type { System } from '@/lib/system'

// Next bundles its own copy of every module it imports; the running system is shared through globalThis instead.
const SYSTEM = Symbol.for('coffer.system')

/** The running Coffer, made by `server.ts` or `instrumentation.ts` before the first request. */
export function system(): System {
  const running = (globalThis as { [SYSTEM]?: System })[SYSTEM]
  if (!running)
    throw new Error('Coffer has not started: the system is opened by server.ts or instrumentation.ts')
  return running
}
