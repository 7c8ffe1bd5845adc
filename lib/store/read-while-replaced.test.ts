import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectGarbage } from '../jobs/collect-garbage.ts'
import { uploadInParts } from './multipart.test-support.ts'
import { keyFor, METHODS, named, openBench, put, run, type Bench } from './store.test-support.ts'

const PART = 5 * 2 ** 20

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.dispose())

async function blobs(): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of bench.deps.blobs.list()) ids.push(id)
  return ids
}

test.each(named(METHODS))(
  'a download of parts stored with %s ends whole, though they are replaced and collected',
  async (name, method) => {
    const bytes = randomBytes(2 * PART + 1000)
    await uploadInParts(bench, name, bytes, [PART, PART, 1000], method)
    const at = { name: 'GetObject', bucket: bench.bucket, key: name, conditions: {} } as const
    const { body } = await run(bench, { ...at, ...keyFor(method) })
    const iterator = body[Symbol.asyncIterator]()
    const pieces = [(await iterator.next()).value as Buffer]
    const replaced = await blobs()
    expect(replaced).toHaveLength(3)
    await put(bench, name, Buffer.from('new'), { encryption: method.encryption })
    await collectGarbage({ ...bench.deps, now: () => Date.now() + 1000 })
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) pieces.push(next.value)
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
    // Nobody reads them any more: what was collected is gone.
    await expect.poll(async () => (await blobs()).filter((id) => replaced.includes(id))).toEqual([])
    await run(bench, { name: 'DeleteObject', bucket: bench.bucket, key: name, conditions: {} })
    await collectGarbage({ ...bench.deps, now: () => Date.now() + 1000 })
  },
)
