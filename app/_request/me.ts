import type { Me } from '@/lib/console/schemas'
import { Refusal } from './failure'
import { encryptionRuleJson, keyJson } from './reshape'
import { projectOf, type SignedIn } from './session'
import { system } from './system'

/**
 * Who is signed in, where they work, and what an S3 client of theirs needs to know. Without a project where the one that
 * is named is not theirs: another in its place would show something else than was asked for.
 */
export async function meOf(person: SignedIn, named: string | undefined): Promise<Me> {
  const { accounts, keyring, config } = system()
  const [memberships, project] = await Promise.all([
    accounts.memberships(person.user.userId),
    projectOf(person, named ?? null).catch(notAMember),
  ])
  const { userId, name, email, isAdministrator } = person.user
  return {
    user: { userId, name, email, isAdministrator },
    projects: memberships.map(({ project: { projectId, name }, role }) => ({ projectId, name, role })),
    ...(project ? { project, key: keyJson(await keyring.defaultKey(project.projectId)) } : {}),
    objectEndpoint: config.publicObjectUrl,
    region: config.region,
    newBucketEncryption: encryptionRuleJson(newBucketRule(config.defaultBucketEncryption)),
  }
}

function notAMember(error: unknown): undefined {
  if (error instanceof Refusal && error.code === 'NoSuchProject') return undefined
  throw error
}

function newBucketRule(setting: 'none' | 'AES256' | 'aws:kms') {
  if (setting === 'none') return undefined
  return setting === 'AES256'
    ? { kind: 'service-key' as const, suite: 'AES256' as const }
    : { kind: 'managed-key' as const, suite: 'AES256' as const, bucketKeyEnabled: false }
}
