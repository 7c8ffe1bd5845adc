import { StoreError } from '../errors.ts'

export type Gate = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Lets `atOnce` pieces of work run and `waiting` more wait for their turn.
 * @throws StoreError TooManyAttempts (from the gate) when the queue is full
 */
export function createGate({ atOnce, waiting }: { atOnce: number; waiting: number }): Gate {
  const queue: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= atOnce) {
      if (queue.length >= waiting)
        throw new StoreError('TooManyAttempts', 'Too many attempts, try again later')
      // Whoever leaves hands its place over, so `running` stays as it is.
      await new Promise<void>((enter) => queue.push(enter))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else running -= 1
    }
  }
}
