// `npm run bench -- --size=1024 --rounds=3 --seconds=3`: prepares like `npm start`, then measures.
import { nodeRuntime, SERVER_FLAGS, SERVER_MALLOC, toolEnvironment } from './lib/node-runtime.mjs'
import { ensureBuilt, ensureGenerated, ensureInstalled } from './lib/prepare.mjs'
import { StepFailed } from './lib/project.mjs'
import { run } from './lib/run.mjs'

try {
  await ensureInstalled()
  await ensureGenerated()
  await ensureBuilt()
  const env = toolEnvironment({ ...SERVER_MALLOC, COFFER_TEST_SERVER_FLAGS: SERVER_FLAGS.join(' ') })
  const { code } = await run(nodeRuntime(), ['bench/run.ts', ...process.argv.slice(2)], { env, show: true })
  process.exitCode = code
} catch (error) {
  if (!(error instanceof StepFailed)) throw error
  console.error(`\n${error.message}\n`)
  process.exitCode = 1
}
