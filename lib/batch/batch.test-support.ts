import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ActOrigin } from '../accounts/acts.ts'
import { readConfig } from '../config.ts'
import type { EncryptionChoice } from '../store/encryption-model.ts'
import type { OperationName, OperationOf, RequestContext, Results } from '../store/operations.ts'
import { createSystem, type System } from '../system.ts'
import type { MemberCaller } from './deps.ts'
import type { JobView } from './jobs.ts'
import type { JobState } from './model.ts'

export const ORIGIN: ActOrigin = { requestId: 'test', remoteAddress: '127.0.0.1', secure: true }
const CONTEXT: RequestContext = { requestId: 'test', secure: true, signal: new AbortController().signal }

/** A whole Coffer with its first member, who owns the first project. */
export interface BatchBench {
  system: System
  owner: MemberCaller
  run<N extends OperationName>(operation: OperationOf<N>, as?: MemberCaller): Promise<Results[N]>
  /** id of a new key of the project */
  newKey(spec?: 'AES_256' | 'SM4'): Promise<string>
}

/** Opens `dataDir`; who was there before is found again. */
export async function openBatchBench(folder: string, env: Record<string, string> = {}): Promise<BatchBench> {
  const settings = { COFFER_DATA_DIR: `${folder}/data`, COFFER_ROOT_KEY_FILE: `${folder}/root.key`, ...env }
  const system = await createSystem(readConfig(settings, folder))
  const owner = await firstMember(system)
  return {
    system,
    owner,
    run: (operation, as = owner) => system.store.run(operation, as, CONTEXT),
    newKey: async (spec = 'AES_256') => {
      const wanted = { spec, origin: 'AWS_KMS', description: '', policy: undefined } as const
      const alias = `alias/k-${randomUUID()}`
      const { keyId } = await system.kms.run(
        'CreateKey',
        { ...wanted, alias, tags: [], provider: undefined },
        owner,
        ORIGIN,
      )
      return keyId
    },
  }
}

const WHO = { email: 'ada@example.org', password: 'correct horse battery' }

async function firstMember({ accounts, firstRun }: System): Promise<MemberCaller> {
  const token = firstRun && new URL(firstRun.welcomeUrl).searchParams.get('token')!
  const { userId } = token
    ? await accounts.createFirstAdministrator({ token, name: 'Ada', ...WHO })
    : await accounts.signIn({ ...WHO, remoteAddress: '127.0.0.1' })
  const [membership] = await accounts.memberships(userId)
  return accounts.callerFor(userId, membership!.project.projectId)
}

/** Puts `count` small objects `<prefix>0000000…`, many at once. */
export async function putMany(
  { run }: Pick<BatchBench, 'run'>,
  p: { bucket: string; prefix: string; count: number; encryption: EncryptionChoice; bytes?: number },
): Promise<void> {
  const AT_ONCE = 64
  const put = (index: number): Promise<unknown> => {
    const body = randomBytes(p.bytes ?? 40)
    return run({
      name: 'PutObject',
      bucket: p.bucket,
      key: `${p.prefix}${String(index).padStart(7, '0')}`,
      body: (async function* () {
        yield body
      })(),
      contentLength: body.length,
      metadata: { contentType: 'text/plain', userMetadata: {} },
      storageClass: 'STANDARD',
      tags: {},
      encryption: p.encryption,
      checks: {},
      conditions: {},
    })
  }
  for (let from = 0; from < p.count; from += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, p.count - from) }, (_, at) => put(from + at)))
}

/** Waits until the job is in one of these states. */
export async function untilState(
  { system, owner, pollMs = 10 }: Pick<BatchBench, 'system' | 'owner'> & { pollMs?: number },
  jobId: string,
  ...states: JobState[]
): Promise<JobView> {
  for (;;) {
    const view = await system.batch.get(owner, jobId, ORIGIN)
    if (states.includes(view.job.state)) return view
    await sleep(pollMs)
  }
}
