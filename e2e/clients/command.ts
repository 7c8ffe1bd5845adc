import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * A program with a home of its own and no setting of whoever runs the tests. Resolves with what it printed.
 * @param variable names the program, where `npm test` found or installed it
 * @throws Error with what it said, when it ends with another status than 0
 */
export function command(variable: string, name: string, folder: string, settings: Record<string, string>) {
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: 'production',
    PATH: process.env['PATH'],
    HOME: folder,
    LC_ALL: 'C.UTF-8',
    ...settings,
  }
  const program = process.env[variable] ?? name
  return async (...args: string[]): Promise<string> => {
    const { stdout } = await run(program, args, { env, cwd: folder, maxBuffer: 2 ** 24 })
    return stdout
  }
}
