import type { Action } from '../policy/model.ts'
import { memberArn } from '../policy/resources.ts'
import type { AccessKeys } from './access-keys.ts'
import type { NewAccessKey, OwnAccessKey } from './accounts.ts'
import type { Acts } from './acts.ts'
import type { AccessKey } from './model.ts'
import type { Projects } from './projects.ts'
import { newAccessKeyId } from './tokens.ts'

interface Parts {
  keys: AccessKeys
  projects: Projects
  acts: Acts
}

/** Members make, change and delete their own access keys, unless their policy denies it; the audit log hears of all of it. */
export class AccessKeyActs {
  readonly #with: Parts

  constructor(parts: Parts) {
    this.#with = parts
  }

  /** The secret leaves in this answer only. @throws StoreError NoSuchProject | AccessDenied | InvalidArgument */
  create(asked: NewAccessKey): Promise<AccessKey & { secretAccessKey: string }> {
    const own = { ...asked, accessKeyId: newAccessKeyId() }
    return this.#perform('coffer:CreateAccessKey', own, {}, () =>
      this.#with.keys.create(own, asked.description),
    )
  }

  /** @throws StoreError NoSuchProject | AccessDenied | NoSuchAccessKey, also for a key of somebody else */
  setState(own: OwnAccessKey, state: AccessKey['state']): Promise<void> {
    return this.#perform('coffer:UpdateAccessKey', own, { state }, () => this.#with.keys.setState(own, state))
  }

  /** @throws StoreError NoSuchProject | AccessDenied | NoSuchAccessKey, also for a key of somebody else */
  delete(own: OwnAccessKey): Promise<void> {
    return this.#perform('coffer:DeleteAccessKey', own, {}, () => this.#with.keys.delete(own))
  }

  async #perform<T>(
    action: Action,
    { userId, projectId, accessKeyId, origin = {} }: OwnAccessKey,
    details: Record<string, string>,
    work: () => Promise<T>,
  ): Promise<T> {
    const { acts, projects } = this.#with
    const caller = await projects.callerFor(userId, projectId)
    const act = {
      action,
      resource: memberArn(caller.account, userId),
      details: { accessKey: accessKeyId, ...details },
    }
    return acts.perform(caller, act, origin, work)
  }
}
