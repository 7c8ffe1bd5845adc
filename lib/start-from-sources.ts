import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Makes the system outside of Next's bundle, from the sources as they are: one copy of every module, and no
 * native library for a bundler to stumble over. The project folder is where `next start` was called.
 */
export async function startFromSources(): Promise<void> {
  const projectDir = process.cwd()
  const file = pathToFileURL(join(/*turbopackIgnore: true*/ projectDir, 'lib', 'start-here.ts')).href
  const { startHere } = (await import(/*turbopackIgnore: true*/ file)) as typeof import('./start-here.ts')
  await startHere(projectDir)
}
