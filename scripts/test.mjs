// Everything `npm test` needs and runs, on a fresh machine too. The last line says how many passed and failed.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { nodeRuntime, SERVER_FLAGS, toolEnvironment, TOOLS } from './lib/node-runtime.mjs'
import { ensureBuilt, ensureGenerated, ensureInstalled } from './lib/prepare.mjs'
import { PROJECT, say, StepFailed } from './lib/project.mjs'
import { run } from './lib/run.mjs'
import { tallyPlaywright, tallyVitest, withExitCode } from './lib/test-results.mjs'
import {
  ensureAwsCli,
  ensureChromium,
  ensureClients,
  ensurePkcs11js,
  ensureSoftHsm,
} from './lib/test-tools.mjs'

const REPORTS = '.coffer/test'
const total = { passed: 0, failed: 0, notes: [] }

try {
  await ensureInstalled()
  await ensureGenerated()
} catch (error) {
  if (!(error instanceof StepFailed)) throw error
  console.error(`\n${error.message}\n`)
  finish({ passed: 0, failed: 1, notes: ['nothing could be run'] })
}

rmSync(join(PROJECT, REPORTS), { recursive: true, force: true })
mkdirSync(join(PROJECT, REPORTS), { recursive: true })
const env = cleanEnvironment()

await Promise.all([
  check('formatting', TOOLS.prettier, ['--check', '--log-level', 'warn', '.']),
  attempt('console build', ensureBuilt),
])
// After the build, which writes types of the routes that these two read.
await Promise.all([
  check('lint', TOOLS.eslint, ['.', '--max-warnings', '0']),
  check('types', TOOLS.tsc, ['--noEmit']),
])
const token = await attempt('PKCS#11 tools', async () => ({
  COFFER_TEST_SOFTHSM: await ensureSoftHsm(),
  COFFER_TEST_PKCS11JS: await ensurePkcs11js(),
}))
await unitTests(token ?? {})
const tools = await attempt('test tools', async () => ({
  chromium: await ensureChromium(),
  aws: await ensureAwsCli(),
}))
const clients = await attempt('further clients', ensureClients)
if (tools && existsSync(join(PROJECT, '.next', 'BUILD_ID'))) await browserAndClientTests(tools, clients ?? {})
else add({ passed: 0, failed: 1, notes: ['browser and client tests could not be run'] })
finish(total)

/** One test: a tool that has nothing to complain of. */
async function check(name, tool, args) {
  const { code, output } = await run(nodeRuntime(), [tool, ...args], { env })
  say(`${name}: ${code === 0 ? 'passed' : 'FAILED'}`)
  if (code !== 0) console.log(output.trimEnd())
  add({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, notes: [] })
}

/** Without `settings` for the token its tests are not run, and say so. */
async function unitTests(settings) {
  say('unit, vector and conformance tests')
  const report = `${REPORTS}/vitest.json`
  const args = [TOOLS.vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { code } = await run(nodeRuntime(), args, { env: { ...env, ...settings }, show: true })
  add(withExitCode(code, read(report, tallyVitest), 'Vitest'))
}

/** `clients`: settings; a client without one is looked for by its name, and its tests fail if it is not there. */
async function browserAndClientTests({ chromium, aws }, clients) {
  say('tests with real clients and a real browser')
  const report = `${REPORTS}/playwright.json`
  const settings = {
    COFFER_TEST_CHROMIUM: chromium,
    COFFER_TEST_AWS: aws,
    ...clients,
    COFFER_TEST_SERVER_FLAGS: SERVER_FLAGS.join(' '),
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  }
  const { code } = await run(nodeRuntime(), [TOOLS.playwright, 'test'], {
    env: { ...env, ...settings },
    show: true,
  })
  add(withExitCode(code, read(report, tallyPlaywright), 'Playwright'))
}

/** Runs a step; a failure is one failed test and leaves its result undefined. */
async function attempt(name, step) {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    console.error(`\n${error.message}\n`)
    add({ passed: 0, failed: 1, notes: [`${name} failed`] })
    return undefined
  }
}

function read(report, tally) {
  const file = join(PROJECT, report)
  return existsSync(file) ? tally(JSON.parse(readFileSync(file, 'utf8'))) : undefined
}

/** An operator's settings must not reach the servers under test. */
function cleanEnvironment() {
  const settings = Object.keys(process.env).filter(
    (name) => name.startsWith('COFFER_') && !name.startsWith('COFFER_TEST_'),
  )
  return toolEnvironment(Object.fromEntries(settings.map((name) => [name, undefined])))
}

function add({ passed, failed, notes }) {
  total.passed += passed
  total.failed += failed
  total.notes.push(...notes)
}

function finish({ passed, failed, notes }) {
  for (const note of notes) say(note)
  console.log(`${passed} passed, ${failed} failed`)
  process.exit(failed === 0 ? 0 : 1)
}
