import type { AuditEvent, AuditLog } from '../audit/model.ts'
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

/** Who acts, and where it is read. */
export interface Who {
  projectId: string | undefined
  userId: string | undefined
  accessKeyId?: string | undefined
}

export interface Act {
  action: Action
  resource: string
  /** names and numbers for the log, never a secret */
  details: Readonly<Record<string, string | number | boolean>>
}

/** For who builds accounts without a log. */
export const UNHEARD: AuditLog = {
  record: () => undefined,
  append: async () => undefined,
  flush: async () => undefined,
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
  check(caller: MemberCaller, action: Action, resource: string, origin: Partial<ActOrigin>): void {
    const decision = judged(caller, action, resource, origin)
    if (!decision.allowed) throw refusal(decision, action, resource)
  }

  /** For people to see what they may do; `check` decides. */
  may(caller: MemberCaller, action: Action, resource: string, origin: Partial<ActOrigin>): boolean {
    return judged(caller, action, resource, origin).allowed
  }

  /** Checks, does and reports. @throws StoreError AccessDenied, and whatever `work` throws */
  perform<T>(caller: MemberCaller, act: Act, origin: Partial<ActOrigin>, work: () => Promise<T>): Promise<T> {
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
    who: Who,
    act: Pick<Act, 'action' | 'details'>,
    origin: Partial<ActOrigin>,
    work: () => Promise<T>,
  ): Promise<T> {
    const report = (result: string): Promise<void> =>
      this.#audit.append(this.#event(who, act, origin, result))
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

  /** Reports what nobody waits for: whoever has not proved who he is must not make the server sync its disk. */
  note(who: Who, act: Pick<Act, 'action' | 'details'>, origin: Partial<ActOrigin>, result: string): void {
    this.#audit.record(this.#event(who, act, origin, result))
  }

  #event(
    who: Who,
    { action, details }: Pick<Act, 'action' | 'details'>,
    { remoteAddress, requestId }: Partial<ActOrigin>,
    result: string,
  ): AuditEvent {
    return {
      at: this.#now(),
      projectId: who.projectId,
      actor: { userId: who.userId, accessKeyId: who.accessKeyId, sourceAddress: remoteAddress },
      action,
      keyId: undefined,
      keyVersion: undefined,
      bucket: undefined,
      objectKey: undefined,
      result,
      requestId,
      details,
    }
  }
}

function judged(
  caller: MemberCaller,
  action: Action,
  resource: string,
  { remoteAddress, secure = false }: Partial<ActOrigin>,
): Decision {
  const conditions = requestConditions({ remoteAddress, secure })
  return decide({ principal: principalOf(caller), action, resource, conditions })
}
