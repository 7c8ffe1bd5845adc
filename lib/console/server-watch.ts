/** ms between two questions whether the server is there again */
const PAUSE = 2_000

/** What a proxy answers while nobody is behind it. */
const NOBODY_BEHIND = new Set([502, 503, 504])

type Fetch = typeof globalThis.fetch

/**
 * Knows whether the server can be reached, from how the page's own requests fare. Once one has failed it asks until
 * there is an answer. The router's requests wait for that: told of a failure, it would leave the console for the address
 * itself, and the browser's own page of errors would take the place of everything that was typed.
 */
export class ServerWatch {
  readonly #fetch: Fetch
  readonly #probe: string
  readonly #listeners = new Set<() => void>()
  #away = false
  #asking: Promise<void> | undefined

  /** `probe`: an address that is answered without a session and without work */
  constructor(fetch: Fetch, probe: string) {
    this.#fetch = fetch
    this.#probe = probe
  }

  get away(): boolean {
    return this.#away
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly fetch: Fetch = async (input, init) => {
    for (;;) {
      const answer = await this.#fetch(input, init).catch((error: unknown) => {
        if (init?.signal?.aborted || !(error instanceof TypeError)) throw error
        const back = this.#ask()
        if (!isNavigation(init)) throw error
        return back
      })
      if (answer && !(isNavigation(init) && NOBODY_BEHIND.has(answer.status))) return answer
      if (answer) await this.#ask()
    }
  }

  /** Until the server answers; all wait for the same answer. */
  #ask(): Promise<void> {
    this.#asking ??= this.#untilBack().finally(() => (this.#asking = undefined))
    return this.#asking
  }

  async #untilBack(): Promise<void> {
    while (!(await this.#answers())) {
      this.#setAway(true)
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
    this.#setAway(false)
  }

  async #answers(): Promise<boolean> {
    const answer = await this.#fetch(this.#probe, { method: 'HEAD', cache: 'no-store' }).catch(
      () => undefined,
    )
    return answer !== undefined && !NOBODY_BEHIND.has(answer.status)
  }

  #setAway(away: boolean): void {
    if (away === this.#away) return
    this.#away = away
    for (const listener of this.#listeners) listener()
  }
}

/** Next's router asks for a page; what it fetches ahead of a click may fail, and nobody sees it. */
function isNavigation(init: RequestInit | undefined): boolean {
  const headers = new Headers(init?.headers)
  return (
    headers.has('rsc') && !headers.has('next-router-prefetch') && !headers.has('next-router-segment-prefetch')
  )
}
