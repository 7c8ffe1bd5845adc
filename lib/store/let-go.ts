/**
 * Ends a body that nobody reads on: it may hold a blob open. Never rejects: whoever lets go has a failure to tell already,
 * and one that nobody hears would end the process.
 */
export async function letGo(body: AsyncIterable<Buffer>): Promise<void> {
  await body[Symbol.asyncIterator]()
    .return?.()
    .catch(() => undefined)
}
