import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { PROJECT, StepFailed } from './project.mjs'

/** Where the optional dependency `node-<platform>-<arch>` puts the Node that npm brings. */
function fromNpm() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  return join(PROJECT, 'node_modules', `node-${platform}-${process.arch}`, 'bin', file)
}

/** Sources run as they are: type stripping is on by default from 22.18 and 23.6 on. */
export function canRunSources(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)
}

/** The Node to run Coffer with: this one if it is new enough, else the one that npm installed. */
export function nodeRuntime() {
  if (canRunSources(process.version)) return process.execPath
  if (existsSync(fromNpm())) return fromNpm()
  throw new StepFailed(
    `Coffer needs Node 22.18 or newer; this is ${process.version}, and npm has no newer one for ` +
      `${process.platform}-${process.arch}. Install Node 22 or 24 from https://nodejs.org, then try again.`,
  )
}

/** The environment for programs of this project: its own Node and tools first, nothing sent to anyone. */
export function toolEnvironment(extra = {}) {
  const path = [dirname(nodeRuntime()), join(PROJECT, 'node_modules', '.bin'), process.env.PATH ?? '']
  return {
    ...process.env,
    PATH: path.join(delimiter),
    NEXT_TELEMETRY_DISABLED: '1',
    CHECKPOINT_DISABLE: '1',
    ...extra,
  }
}

/** Node 24 has it on; before, Next's AsyncLocalStorage puts a promise hook under every await of the object port. */
const CONTEXT_FRAME =
  Number(process.versions.node.split('.')[0]) < 24 ? ['--experimental-async-context-frame'] : []

/**
 * Without the first, streams of large buffers make the young generation collect all the time (4 × the CPU of an upload).
 * A young generation of 4 MiB instead of 16 costs nothing that could be measured and saves 45 MB of the process. The
 * server asks for one collection itself when it has started.
 */
export const SERVER_FLAGS = [
  '--initial-old-space-size=512',
  '--max-semi-space-size=4',
  '--expose-gc',
  ...CONTEXT_FRAME,
]

/**
 * glibc's allocator hands large buffers back to the kernel after each use unless told otherwise (7–40 % of AES-GCM).
 * One arena instead of one for each of our dozen threads: 55 MB less, and always the same. With two of them chance decided
 * whether what the start left free lay where downloads could use it (266 or 318 MB at the peak); the threads do not wait
 * for each other in a way that could be measured.
 */
export const SERVER_MALLOC = {
  MALLOC_TRIM_THRESHOLD_: '268435456',
  MALLOC_MMAP_THRESHOLD_: '33554432',
  MALLOC_TOP_PAD_: '1048576',
  MALLOC_ARENA_MAX: '1',
}

/** Files of installed packages that are run with the project's Node, on every system alike. */
export const TOOLS = {
  prisma: 'node_modules/prisma/build/index.js',
  next: 'node_modules/next/dist/bin/next',
  tsc: 'node_modules/typescript/bin/tsc',
  eslint: 'node_modules/eslint/bin/eslint.js',
  prettier: 'node_modules/prettier/bin/prettier.cjs',
  vitest: 'node_modules/vitest/vitest.mjs',
  playwright: 'node_modules/@playwright/test/cli.js',
}
