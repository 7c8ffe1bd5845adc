import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { PROJECT, StepFailed } from './project.mjs'

/**
 * Runs a program in the project folder and resolves with its exit code and, unless `show`, what it printed.
 * A program ended by a signal has the code 128 + its number, as a shell reports it.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, show?: boolean, shell?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(program, args, { env = process.env, show = false, shell = false } = {}) {
  return new Promise((resolve) => {
    const stdio = show ? 'inherit' : ['ignore', 'pipe', 'pipe']
    const child = spawn(program, args, { cwd: PROJECT, env, stdio, shell })
    const output = []
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk))
    child.on('error', (error) => resolve({ code: 127, output: error.message }))
    child.on('close', (code, signal) => {
      resolve({
        code: code ?? 128 + (constants.signals[signal] ?? 0),
        output: Buffer.concat(output).toString(),
      })
    })
  })
}

/** Runs quietly; when the program fails, shows what it printed and stops with `advice`. */
export async function runOrFail(program, args, advice, options) {
  const { code, output } = await run(program, args, options)
  if (code === 0) return output
  if (output) console.error(output.trimEnd())
  throw new StepFailed(advice)
}
