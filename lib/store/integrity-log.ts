import type { Verdict, VersionIdentity } from './verdict.ts'

/** Where checks leave what they found, so that damage is known until it is gone. */
export interface IntegrityLog {
  /** A version by its rows' bare text, where they hold what no row can; undefined: there is none. */
  identify(bucketId: string, key: string, versionId: string | undefined): Promise<VersionIdentity | undefined>
  /**
   * Opens a finding, or renews the one that is open. A verdict without damage closes it where it looked at the steps
   * that had failed. Durable when resolved.
   */
  keep(
    identity: VersionIdentity,
    verdict: Pick<Verdict, 'steps' | 'damage' | 'damageCount'>,
    seen: { at: number; by: 'check' | 'scrub' },
  ): Promise<void>
}
