export interface PeriodicJob {
  /** No run starts after this; resolves when the running one ended. */
  stop(): Promise<void>
}

/**
 * Runs a job again and again, never twice at once, the first time after one period. A run that fails is told to
 * `onError` and tried again at the next. Timers keep no process alive.
 */
export function startPeriodic(p: {
  name: string
  everyMs: number
  run: () => Promise<unknown>
  onError?: (name: string, error: unknown) => void
}): PeriodicJob {
  let running: Promise<void> | undefined
  const tick = (): void => {
    running ??= p
      .run()
      .then(
        () => undefined,
        (error: unknown) => p.onError?.(p.name, error),
      )
      .finally(() => (running = undefined))
  }
  const timer = setInterval(tick, p.everyMs)
  timer.unref()
  return {
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}
