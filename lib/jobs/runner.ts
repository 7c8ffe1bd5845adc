export interface PeriodicJob {
  name: string
  /** ms between the end of one run and the start of the next */
  everyMs: number
  /** its first round begins at once, not after `everyMs` */
  atOnce?: boolean
  run: () => Promise<unknown>
  /** default: one line on standard error, without the message, which may quote what must not be logged */
  onError?: (name: string, error: unknown) => void
}

export interface RunningJob {
  /** Lets a running round finish; no further one begins. */
  stop(): Promise<void>
}

/**
 * Runs a job again and again, one round at a time, without keeping the process alive. A failed round is
 * reported and tried again at its next turn.
 */
export function startPeriodic({ name, everyMs, atOnce, run, onError = report }: PeriodicJob): RunningJob {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const schedule = (): void => {
    if (!stopped) timer = setTimeout(round, everyMs).unref()
  }
  const round = (): void => {
    running = run()
      .then(
        () => undefined,
        (error: unknown) => onError(name, error),
      )
      .then(schedule)
  }
  if (atOnce) round()
  else schedule()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

function report(name: string, error: unknown): void {
  const known = error instanceof Error ? error : new Error()
  const code = 'code' in known && typeof known.code === 'string' ? known.code : undefined
  console.error(
    JSON.stringify({
      level: 'error',
      event: 'job-failed',
      job: name,
      errorName: known.name,
      errorCode: code,
    }),
  )
}
