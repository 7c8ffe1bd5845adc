import { expect, test } from 'vitest'
import { readConfig } from '../../lib/config.ts'
import { rootAtHand } from './root-at-hand.ts'

const mendWith = (env: Record<string, string>): Promise<unknown> =>
  rootAtHand(readConfig({ HOME: '/nonexistent', ...env }, '/nonexistent')).catch((error: unknown) => error)

test('a missing root is looked for where the server’s settings say', async () => {
  expect(await mendWith({})).toMatchObject({ mend: expect.stringContaining('the same settings') as string })
})

test('a credential needs more than settings: the command runs as a unit', async () => {
  const env = { COFFER_ROOT: 'credential', COFFER_ROOT_CREDENTIAL: 'my-root', COFFER_DATA_DIR: '/srv/coffer' }
  const { mend } = (await mendWith(env)) as { mend: string }
  expect(mend).toContain('systemd-run')
  expect(mend).toContain('-p LoadCredentialEncrypted=my-root')
  expect(mend).toContain('-E COFFER_ROOT=credential -E COFFER_DATA_DIR=/srv/coffer npm run')
})
