import { StoreError } from '../errors.ts'

/**
 * A body for as long as somebody waits for what is made of it. Written out, because `return()` on a generator that was
 * never started would not close the blob behind the body.
 * @throws StoreError ClientDisconnected from the iterator when `signal` is aborted, and what the body throws
 */
export function whileWanted(signal: AbortSignal, body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const pieces = body[Symbol.asyncIterator]()
  const leave = async (): Promise<IteratorResult<Buffer, undefined>> => {
    await pieces.return?.()
    return { value: undefined, done: true }
  }
  const iterator: AsyncIterator<Buffer, undefined> = {
    next: async () => {
      if (!signal.aborted) return pieces.next()
      await leave()
      throw new StoreError('ClientDisconnected', 'Nobody waits for what was asked for')
    },
    return: leave,
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
