import { expect, test } from 'vitest'
// @ts-expect-error -- plain JavaScript, run by whatever Node the machine has
import { run } from './run.mjs'

const exit = async (script: string): Promise<unknown> =>
  ((await run(process.execPath, ['-e', script])) as { code: number }).code

test('a program’s exit code is handed on, and a signal as a shell tells it', async () => {
  expect(await exit('process.exit(3)')).toBe(3)
  expect(await exit(`process.kill(process.pid, 'SIGTERM')`)).toBe(143)
})
