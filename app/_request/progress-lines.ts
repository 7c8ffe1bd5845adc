import { failureResponse } from './failure'
import type { ApiRequest } from './route'
import { streamResponse } from './stream-response'

/** Most lines of progress a second. */
const EVERY_MS = 200

/**
 * The answer of long work as lines of JSON (NDJSON): `{progress}` while it runs, then `{result}` or `{failure}`. What is
 * refused before the first progress is an ordinary refusal, with its status.
 */
export async function progressLines<P, T>(
  { request, requestId }: Pick<ApiRequest<unknown>, 'request' | 'requestId'>,
  work: (onProgress: (progress: P) => void) => Promise<T>,
): Promise<Response> {
  const lines = new Lines()
  let saidAt = 0
  const running = work((progress) => {
    lines.begin()
    if (Date.now() - saidAt < EVERY_MS) return
    saidAt = Date.now()
    lines.push({ progress })
  })
  await Promise.race([lines.begun, running])
  running
    .then((result) => lines.push({ result }))
    .catch(async (error: unknown) => {
      const failure: unknown = await failureResponse(error, requestId).json()
      lines.push({ failure })
    })
    .finally(() => lines.end())
  return streamResponse(request, lines.read(), () => ({
    headers: {
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  }))
}

class Lines {
  readonly begun: Promise<void>
  begin!: () => void
  #waiting: unknown[] = []
  #ended = false
  #wake: () => void = () => undefined

  constructor() {
    this.begun = new Promise((resolve) => (this.begin = resolve))
  }

  push(line: unknown): void {
    this.#waiting.push(line)
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  async *read(): AsyncGenerator<Buffer> {
    for (;;) {
      const lines = this.#waiting.splice(0)
      for (const line of lines) yield Buffer.from(`${JSON.stringify(line)}\n`)
      if (this.#waiting.length > 0) continue
      if (this.#ended) return
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
