import type { SuiteName } from '../crypto/suites.ts'
import { BoundedCache } from './bounded-cache.ts'
import type { Root } from './root/root-key.ts'

const DAY = 86_400_000
const OPEN_KEYS = 4096

/**
 * Service-managed keys (SSE-S3 and its cousins): one key per project, period and suite, derived from the root,
 * so they rotate by themselves and need no rows. The period's number is the key version. Derivation knows only
 * that number, not the length of a period: objects stay readable when the operator changes it.
 */
export class ServiceKeys {
  readonly #root: Root
  readonly #periodMs: number
  readonly #now: () => number
  readonly #open = new BoundedCache<Buffer>({ limit: OPEN_KEYS, onEvict: (key) => key.fill(0) })

  constructor(root: Root, periodDays: number, now: () => number) {
    if (!(periodDays > 0)) throw new RangeError('A service key period lasts more than 0 days')
    this.#root = root
    this.#periodMs = periodDays * DAY
    this.#now = now
  }

  /** The key that wraps today. */
  current(projectId: string): { keyId: string; keyVersion: number } {
    return { keyId: serviceKeyId(projectId), keyVersion: Math.floor(this.#now() / this.#periodMs) }
  }

  /** 32 bytes. Used before the next await only: eviction wipes the buffer. */
  key(projectId: string, keyVersion: number, suite: SuiteName): Buffer {
    const name = `${projectId}/${keyVersion}/${suite}`
    const known = this.#open.get(name)
    if (known !== undefined) return known
    const key = this.#root.derive('service-key', projectId, String(keyVersion), suite)
    this.#open.set(name, key)
    return key
  }
}

export function serviceKeyId(projectId: string): string {
  return `service/${projectId}`
}
