import type { Me } from '@/lib/console/schemas'
import { encryptionRuleJson, keyJson } from './reshape'
import { projectOf, type SignedIn } from './session'
import { system } from './system'

/** Who is signed in, where they work, and what an S3 client of theirs needs to know. */
export async function meOf(person: SignedIn): Promise<Me> {
  const { accounts, keyring, config } = system()
  const [memberships, project] = await Promise.all([
    accounts.memberships(person.user.userId),
    projectOf(person, null),
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

function newBucketRule(setting: 'none' | 'AES256' | 'aws:kms') {
  if (setting === 'none') return undefined
  return setting === 'AES256'
    ? { kind: 'service-key' as const, suite: 'AES256' as const }
    : { kind: 'managed-key' as const, suite: 'AES256' as const, bucketKeyEnabled: false }
}
