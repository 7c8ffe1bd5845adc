import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentHash, isStamped, stamp } from './content-hash.mjs'
import { nodeRuntime, toolEnvironment, TOOLS } from './node-runtime.mjs'
import { PROJECT, StepFailed, timed } from './project.mjs'
import { run, runOrFail } from './run.mjs'

/** Brings node_modules to what package-lock.json says, unless it is there already. */
export async function ensureInstalled() {
  if (isInstalled()) return
  await timed('installing packages (only when they change)', async () => {
    // No install scripts: every package ships what it needs inside npm, and the scripts would fetch more elsewhere.
    // Errors only: npm would warn of packages that this Node is too old for, but they run on the one it brings.
    const args = [
      'ci',
      '--include=dev',
      '--include=optional',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]
    const { code } = await runNpm(args)
    if (code !== 0) {
      throw new StepFailed(
        'npm could not install the packages; its reason is above. Mostly the registry cannot be reached: check the ' +
          'network or proxy settings of npm (npm config get registry), then try again.',
      )
    }
  })
}

/** npm writes node_modules/.package-lock.json last, so a broken-off installation has none that matches. */
function isInstalled() {
  const installed = join(PROJECT, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const wanted = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8')).packages
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages
  return Object.entries(wanted).every(
    ([path, { version, integrity, optional, devOptional }]) =>
      path === '' ||
      // Optional packages of other platforms are left out rightly.
      (present[path]
        ? present[path].version === version && present[path].integrity === integrity
        : Boolean(optional ?? devOptional)),
  )
}

function runNpm(args) {
  const npm = process.env.npm_execpath
  if (npm && /\.[cm]?js$/.test(npm)) return run(process.execPath, [npm, ...args], { show: true })
  return run('npm', args, { show: true, shell: process.platform === 'win32' })
}

const GENERATED = 'lib/db/generated'
const GENERATE_STAMP = `${GENERATED}/.inputs.sha256`

/** Makes Prisma's client, unless schema, settings and Prisma are the ones it was made from. */
export async function ensureGenerated() {
  const inputs = ['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json']
  const hash = contentHash(inputs)
  if (isStamped(GENERATE_STAMP, hash) && existsSync(join(PROJECT, GENERATED, 'client.ts'))) return
  await timed('generating the database client', async () => {
    const advice = 'Prisma could not make the database client; its reason is above.'
    await runOrFail(nodeRuntime(), [TOOLS.prisma, 'generate'], advice, { env: toolEnvironment() })
    stamp(GENERATE_STAMP, hash)
  })
}

const BUILD_STAMP = '.next/inputs.sha256'
const BUILD_INPUTS = [
  'app',
  'components',
  'lib',
  'public',
  'instrumentation.ts',
  'next.config.js',
  'postcss.config.mjs',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
]

/** Builds the console, unless nothing that goes into it has changed. */
export async function ensureBuilt() {
  const hash = contentHash(BUILD_INPUTS, (path) => path === GENERATED || /\.test\.tsx?$/.test(path))
  if (isStamped(BUILD_STAMP, hash) && existsSync(join(PROJECT, '.next', 'BUILD_ID'))) return
  await timed('building the console (only when it changes)', async () => {
    const advice = 'Next.js could not build the console; its reason is above.'
    await runOrFail(nodeRuntime(), [TOOLS.next, 'build'], advice, {
      env: toolEnvironment({ NODE_ENV: 'production' }),
    })
    stamp(BUILD_STAMP, hash)
  })
}
