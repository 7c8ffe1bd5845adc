import { readConfig } from './config.ts'
import { explainStartFailure } from './ports/start-failure.ts'
import { createSystem } from './system.ts'
import type { System } from './system.ts'

/** Makes the system from this process's environment; explains on stderr and leaves when that cannot be done. */
export async function startHere(projectDir: string): Promise<System> {
  try {
    return await createSystem(readConfig(process.env, projectDir))
  } catch (error) {
    console.error(`\n${explainStartFailure(error)}\n`)
    process.exit(1)
  }
}
