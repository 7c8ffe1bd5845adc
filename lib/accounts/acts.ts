import type { AuditLog } from '../audit/model.ts'
import { isStoreError } from '../errors.ts'
import { decide } from '../policy/decide.ts'
import type { Action, Decision } from '../policy/model.ts'
import { principalOf } from '../policy/principals.ts'
import { refusal } from '../policy/refusal.ts'
import { requestConditions } from '../policy/request-conditions.ts'
import type { Caller } from '../store/model.ts'

type MemberCaller = Caller & { kind: 'member' }

/** What the log and the rules ask of the request that an act came with. */
export interface ActOrigin {
  requestId: string
  remoteAddress: string | undefined
  /** came over TLS */
  secure: boolean
}

export interface Act {
  action: Action
  resource: string
  /** names and numbers for the log, never a secret */
  details: Readonly<Record<string, string | number | boolean>>
}

/** Administrative acts: allowed by a rule, done, and written to the log, refusals too. */
export class Acts {
  readonly #audit: AuditLog
  readonly #now: () => number

  constructor(audit: AuditLog, now: () => number) {
    this.#audit = audit
    this.#now = now
  }

  /** @throws StoreError AccessDenied naming the layer and the rule */
  check(caller: MemberCaller, action: Action, resource: string, origin: ActOrigin): void {
    const decision = judged(caller, action, resource, origin)
    if (!decision.allowed) throw refusal(decision, action, resource)
  }

  /** For people to see what they may do; `check` decides. */
  may(caller: MemberCaller, action: Action, resource: string, origin: ActOrigin): boolean {
    return judged(caller, action, resource, origin).allowed
  }

  /** Checks, does and reports. @throws StoreError AccessDenied, and whatever `work` throws */
  perform<T>(caller: MemberCaller, act: Act, origin: ActOrigin, work: () => Promise<T>): Promise<T> {
    const who = {
      projectId: caller.projectId,
      userId: caller.userId,
      accessKeyId: caller.accessKeyId,
    }
    return this.reported(who, act, origin, async () => {
      this.check(caller, act.action, act.resource, origin)
      return work()
    })
  }

  /** Does and reports what no role decides: accepting an invitation, making a project. */
  async reported<T>(
    who: { projectId: string | undefined; userId: string | undefined; accessKeyId?: string | undefined },
    act: Pick<Act, 'action' | 'details'>,
    origin: ActOrigin,
    work: () => Promise<T>,
  ): Promise<T> {
    const report = (result: string): Promise<void> =>
      this.#audit.append({
        at: this.#now(),
        projectId: who.projectId,
        actor: {
          userId: who.userId,
          accessKeyId: who.accessKeyId,
          sourceAddress: origin.remoteAddress,
        },
        action: act.action,
        keyId: undefined,
        keyVersion: undefined,
        bucket: undefined,
        objectKey: undefined,
        result,
        requestId: origin.requestId,
        details: act.details,
      })
    let done: T
    try {
      done = await work()
    } catch (error) {
      await report(isStoreError(error) ? error.code : 'InternalError')
      throw error
    }
    await report('Success')
    return done
  }
}

function judged(caller: MemberCaller, action: Action, resource: string, origin: ActOrigin): Decision {
  const conditions = requestConditions(origin)
  return decide({ principal: principalOf(caller), action, resource, conditions })
}
