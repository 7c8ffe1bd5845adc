// Plain JavaScript for whatever Node (18 or newer) the machine has: it brings the one that Coffer runs on.
import { spawn } from 'node:child_process'
import { whenNpmEnds } from './lib/launcher.mjs'
import { nodeRuntime, SERVER_FLAGS, SERVER_MALLOC, toolEnvironment } from './lib/node-runtime.mjs'
import { ensureBuilt, ensureGenerated, ensureInstalled } from './lib/prepare.mjs'
import { PROJECT, StepFailed } from './lib/project.mjs'

const USAGE = `Usage: npm start                  installs and builds what is missing, then runs Coffer
       node scripts/start.mjs     the same, for a unit or a container
       npm run dev                runs it from the sources of the console, for those who change them

Settings are environment variables: README.md, "Settings".`

if (process.argv.includes('--help') || process.argv.includes('-h')) {
  console.log(USAGE)
  process.exit()
}

const development = process.argv.includes('--dev')

whenNpmEnds(() => {
  // As if we had been told: the server stops, and without one we end.
  if (!process.emit('SIGTERM')) process.exit(143)
})

try {
  await ensureInstalled()
  await ensureGenerated()
  if (!development) await ensureBuilt()
  serve()
} catch (error) {
  if (!(error instanceof StepFailed)) throw error
  console.error(`\n${error.message}\n`)
  process.exitCode = 1
}

/** Runs the server in this one's place: signals go to it, its exit code is ours. */
function serve() {
  const env = toolEnvironment({ NODE_ENV: development ? 'development' : 'production', ...SERVER_MALLOC })
  const args = [...SERVER_FLAGS, 'server.ts', ...(development ? ['--dev'] : [])]
  const server = spawn(nodeRuntime(), args, { cwd: PROJECT, env, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal))
  server.on('error', (error) => {
    console.error(`\nThe server could not be run: ${error.message}\n`)
    process.exitCode = 1
  })
  server.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
