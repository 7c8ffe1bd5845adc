import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createKeyParts } from '../keys/keyring-service.ts'
import type { KeyGrantRow } from '../keys/key-repository.ts'
import { newKeyRow, newKeyVersion } from '../keys/new-keys.ts'
import { decodeRootKey } from '../keys/root/root-key-text.ts'
import { rootFromSecret } from '../keys/root/root-key.ts'
import type { PolicyDocument } from '../policy/model.ts'
import { parsePolicy } from '../policy/parse-policy.ts'
import type { Caller, ProjectRole } from './model.ts'
import type { Operation } from './operations.ts'
import { createStore } from './store.ts'
import { caller, collect, openBench, run, SECURE, type Bench } from './store.test-support.ts'

type Member = Caller & { kind: 'member' }

/** The store beside keys of its project that have policies and grants. */
export interface PermissionsBench extends Bench {
  /** the project's account number */
  account: string
  /** a member of the project with a policy of his own */
  member(role: ProjectRole, ...policy: object[]): Member
  newKey(): Promise<{ keyId: string; arn: string }>
  setKeyPolicy(keyId: string, ...statements: object[]): Promise<void>
  grant(keyId: string, grant: Partial<KeyGrantRow>): Promise<void>
  setBucketPolicy(...statements: object[]): Promise<void>
  noBucketPolicy(): Promise<void>
  /** @returns 'done', or the code of the refusal */
  outcome(operation: Operation, who: Caller): Promise<string>
}

export function statements(...list: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: list })
}

export function memberPolicy(...list: object[]): PolicyDocument {
  return parsePolicy(statements(...list), 'member')
}

export async function openPermissions(): Promise<PermissionsBench> {
  const bench = await openBench()
  const { database, projectId, bucket } = bench
  const dataDir = dirname(bench.blobFolder)
  const { directory, keyring, provider } = createKeyParts({
    root: rootFromSecret(decodeRootKey(readFileSync(join(dirname(dataDir), 'root.key'), 'utf8'))!),
    repository: database.keys,
    region: 'us-east-1',
    accountOf: bench.deps.accountOf,
    servicePeriodDays: 90,
  })
  const store = createStore({ ...bench.deps, keyring })
  const withStore = { ...bench, store }
  return {
    ...withStore,
    account: (caller(projectId) as Member).account,
    member: (role, ...list) => ({
      ...(caller(projectId, role) as Member),
      ...(list.length > 0 && { memberPolicy: memberPolicy(...list) }),
    }),
    newKey: async () => {
      const key = newKeyRow({ projectId, spec: 'AES_256', origin: 'AWS_KMS', createdAt: Date.now() })
      await directory.insert(key, await newKeyVersion(provider, key, 1, 'CREATION', Date.now()), [])
      return keyring.resolveKey(projectId, key.keyId)
    },
    setKeyPolicy: async (keyId, ...list) => {
      const policy = list.length === 0 ? undefined : statements(...list)
      await directory.change(keyId, () => ({ set: { policy } }))
    },
    grant: async (keyId, grant) => {
      const addGrant: KeyGrantRow = {
        grantId: 'g-1',
        keyId,
        tokenHash: Buffer.alloc(32),
        name: undefined,
        granteePrincipal: '',
        retiringPrincipal: undefined,
        operations: [],
        constraints: {},
        createdAt: Date.now(),
        ...grant,
      }
      await directory.change(keyId, () => ({ addGrant }))
    },
    setBucketPolicy: async (...list) => {
      await run(withStore, { name: 'PutBucketPolicy', bucket, policy: statements(...list) })
    },
    noBucketPolicy: async () => void (await run(withStore, { name: 'DeleteBucketPolicy', bucket })),
    outcome: async (operation, who) => {
      try {
        const result = await store.run(operation, who, SECURE)
        if (typeof result === 'object' && result !== null && 'body' in result)
          await collect((result as { body: AsyncIterable<Buffer> }).body)
        return 'done'
      } catch (error) {
        return (error as { code?: string }).code ?? String(error)
      }
    },
  }
}
