import { Acts, type ActOrigin } from '../accounts/acts.ts'
import type { AuditLog } from '../audit/model.ts'
import type { Scrubber } from '../jobs/scrub.ts'
import type { ScrubRound, ScrubTally } from '../jobs/scrub-repository.ts'
import { projectArn } from '../policy/resources.ts'
import type { Caller } from '../store/model.ts'
import type { Finding, FindingQuery, IntegrityRepository } from './integrity-repository.ts'

type MemberCaller = Caller & { kind: 'member' }

/** What a round saw of the caller's project. Times are ms since the epoch. */
export interface RoundOfProject {
  startedAt: number
  finishedAt: number | undefined
  /** how far through everything, 0…1 */
  fraction: number
  tally: ScrubTally
}

export interface IntegrityState {
  /** days from one round to the next; 0: only when somebody asks */
  periodDays: number
  running: RoundOfProject | undefined
  /** the last that was finished */
  last: RoundOfProject | undefined
  nextAt: number | undefined
  openFindings: number
  /** may the caller begin a round? */
  mayStart: boolean
}

/** What is known of the integrity of a project's objects, for those who may know. */
export interface IntegrityReading {
  /** @throws StoreError AccessDenied */
  state(caller: MemberCaller, homeless: boolean, origin: ActOrigin): Promise<IntegrityState>
  /** Newest first. @throws StoreError AccessDenied */
  findings(
    caller: MemberCaller,
    query: Omit<FindingQuery, 'projectId'>,
    origin: ActOrigin,
  ): Promise<Finding[]>
  /** Begins a round over everything, or lets the running one go on. @throws StoreError AccessDenied */
  startRound(caller: MemberCaller, origin: ActOrigin): Promise<void>
  /** The open finding of an object's current version; whether the caller may know of the object is asked before. */
  findingOf(bucket: string, key: string): Promise<Finding | undefined>
}

const NOTHING: ScrubTally = { objects: 0, bytes: 0, withoutKey: 0, unchecked: 0, damaged: 0 }

export function createIntegrityReading(p: {
  repository: IntegrityRepository
  scrubber: Pick<Scrubber, 'start' | 'nextAt'>
  audit: AuditLog
  periodDays: number
  /** ms since the epoch */
  clock?: () => number
}): IntegrityReading {
  const { repository, scrubber, audit, periodDays, clock = Date.now } = p
  const acts = new Acts(audit, clock)
  const check = (caller: MemberCaller, origin: ActOrigin): void =>
    acts.check(caller, 'coffer:ReadIntegrity', projectArn(caller.account), origin)
  const seen = async (round: ScrubRound | undefined, projectId: string) =>
    round && roundOf(round, await repository.tally(round.roundId, projectId))
  return {
    state: async (caller, homeless, origin) => {
      check(caller, origin)
      const { projectId, account } = caller
      return {
        periodDays,
        running: await seen(await repository.runningRound(), projectId),
        last: await seen(await repository.lastRound(), projectId),
        nextAt: await scrubber.nextAt(),
        openFindings: await repository.openFindings({ projectId, homeless }),
        mayStart: acts.may(caller, 'coffer:VerifyIntegrity', projectArn(account), origin),
      }
    },
    findings: async (caller, query, origin) => {
      check(caller, origin)
      return repository.findings({ ...query, projectId: caller.projectId })
    },
    startRound: async (caller, origin) => {
      const resource = projectArn(caller.account)
      const act = { action: 'coffer:VerifyIntegrity', resource, details: {} } as const
      await acts.perform(caller, act, origin, () => scrubber.start())
    },
    findingOf: (bucket, key) => repository.openFindingOf(bucket, key),
  }
}

function roundOf(round: ScrubRound, tally: ScrubTally = NOTHING): RoundOfProject {
  const { startedAt, finishedAt, firstRow, lastRow, position } = round
  const rows = lastRow - firstRow + 1
  const fraction = finishedAt !== undefined || rows <= 0 ? 1 : (position - firstRow + 1) / rows
  return { startedAt, finishedAt, fraction: Math.min(1, Math.max(0, fraction)), tally }
}
