/**
 * Next calls this once before it serves. With our own server the system already stands; on a plain
 * `next start` it is made here, so that the console and the object API under its port work all the same.
 */
export async function register(): Promise<void> {
  // This file is compiled for the edge runtime too, which has no file system.
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  if (Reflect.has(globalThis, Symbol.for('coffer.system'))) return
  const { startFromSources } = await import('./lib/start-from-sources.ts')
  await startFromSources()
}
