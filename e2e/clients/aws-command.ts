import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Coffer, Credentials } from '../coffer.ts'

const run = promisify(execFile)

/** The `aws` command with nothing but these credentials: no profile or setting of whoever runs the tests. */
export function awsCommand(coffer: Coffer, credentials: Credentials, folder: string) {
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: 'production',
    PATH: process.env['PATH'],
    HOME: folder,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  }
  const program = process.env['COFFER_TEST_AWS'] ?? 'aws'
  return async (...args: string[]): Promise<string> => {
    const { stdout } = await run(program, ['--endpoint-url', coffer.objectUrl, ...args], { env, cwd: folder })
    return stdout
  }
}
