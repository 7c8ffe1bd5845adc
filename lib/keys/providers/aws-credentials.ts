import { readPrivateFile } from '../root/private-file.ts'
import { StartError } from '../start-error.ts'
import { RemoteError } from './remote-cipher.ts'
import type { AwsCredentials } from './sigv4-request.ts'

export interface AwsCredentialsOptions {
  /** an AWS shared credentials file, mode 0600; undefined: the environment */
  credentialsFile: string | undefined
  profile: string
  environment: Readonly<Record<string, string | undefined>>
}

/**
 * Credentials as AWS's tools keep them: `[profile]` sections of a shared credentials file, or AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Read anew for each call, as short-lived ones are replaced.
 * @throws RemoteError refused
 */
export async function awsCredentials(options: AwsCredentialsOptions): Promise<AwsCredentials> {
  const { credentialsFile, profile, environment } = options
  const found =
    credentialsFile === undefined
      ? fromEnvironment(environment)
      : fromFile(await readCredentialsFile(credentialsFile), profile)
  if (found !== undefined) return found
  throw new RemoteError(
    'refused',
    credentialsFile === undefined
      ? 'no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
      : `no credentials of the profile ${profile} in ${credentialsFile}`,
  )
}

function fromEnvironment(environment: AwsCredentialsOptions['environment']): AwsCredentials | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment
  if (!accessKeyId || !secretAccessKey) return undefined
  return { accessKeyId, secretAccessKey, sessionToken: environment.AWS_SESSION_TOKEN || undefined }
}

function fromFile(text: string, profile: string): AwsCredentials | undefined {
  const values = new Map<string, string>()
  let section = ''
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^\s*\[\s*(?:profile\s+)?([^\]]+?)\s*\]/.exec(line) ?? []
    section = name ?? section
    const [, key, value] = /^\s*(\w+)\s*=\s*(\S+)\s*$/.exec(line) ?? []
    if (section === profile && key !== undefined && value !== undefined) values.set(key, value)
  }
  const accessKeyId = values.get('aws_access_key_id')
  const secretAccessKey = values.get('aws_secret_access_key')
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  return { accessKeyId, secretAccessKey, sessionToken: values.get('aws_session_token') }
}

async function readCredentialsFile(path: string): Promise<string> {
  try {
    const file = { what: 'AWS credentials file', path, setting: 'the setting of the key service' }
    const bytes = await readPrivateFile(file)
    if (bytes === undefined) throw new RemoteError('refused', `${path} is missing`)
    return bytes.toString('utf8')
  } catch (error) {
    if (error instanceof StartError) throw new RemoteError('refused', error.message)
    throw error
  }
}
