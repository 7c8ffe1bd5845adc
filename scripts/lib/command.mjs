// Plain JavaScript for whatever Node (18 or newer) the machine has: runs a command on the Node that Coffer runs on.
import { nodeRuntime, toolEnvironment } from './node-runtime.mjs'
import { ensureGenerated, ensureInstalled } from './prepare.mjs'
import { StepFailed } from './project.mjs'
import { run } from './run.mjs'

/**
 * Runs a TypeScript program of this project with this command's arguments; its exit code is ours.
 *
 * @param {string} program
 * @param {{ opensDatabase?: boolean }} [needs] opensDatabase: as the server does, through Prisma's client
 */
export async function runCommand(program, { opensDatabase = false } = {}) {
  try {
    await ensureInstalled()
    if (opensDatabase) await ensureGenerated()
    // npm calls scripts in the project folder; file names are meant from where the command was typed.
    const env = toolEnvironment({ INIT_CWD: process.env.INIT_CWD ?? process.cwd() })
    const { code } = await run(nodeRuntime(), [program, ...process.argv.slice(2)], { env, show: true })
    process.exitCode = code
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    console.error(`\n${error.message}\n`)
    process.exitCode = 1
  }
}
