import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Catalog, ListPage, ListQuery } from './catalog.ts'
import type { CatalogHarness } from './catalog-conformance.ts'
import { byBytes, madeBucket, newBucket, newObject, newPart, put } from './catalog-conformance-rows.ts'

/** Each has another length in UTF-8, or an order in UTF-16 that is not that of its bytes. */
const CHARACTERS = [
  'a',
  'b',
  '/',
  '_',
  '\u0001',
  '\u007f',
  'é',
  '\u07ff',
  '\u0800',
  '\ud7ff',
  '\ue000',
  '\uffff',
].concat('\u{10000}', '😀', '\u{10ffff}', '\ufffd')
const DELIMITERS = ['', '/', '//', 'a', 'ab', 'é', '😀', '\uffff', '/😀', '\u{10ffff}', 'aba']

export const nastyText = (minLength: number, maxLength: number) =>
  fc
    .array(
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 'b', '/') }, fc.constantFrom(...CHARACTERS)),
      {
        minLength,
        maxLength,
      },
    )
    .map((characters) => characters.join(''))

export const delimiters = fc.constantFrom(...DELIMITERS)

/** A marker inside, at and beyond keys and their common prefixes. */
export const markerNear = (keys: readonly string[]) =>
  fc.oneof(
    fc.constant(''),
    nastyText(0, 3),
    fc.constantFrom('', ...keys),
    fc
      .tuple(fc.constantFrom('', ...keys), fc.nat(6), fc.constantFrom('', ...CHARACTERS))
      .map(([key, length, more]) => [...key].slice(0, length).join('') + more),
  )

interface ModelPage {
  keys: string[]
  commonPrefixes: string[]
  next: string | undefined
}

/** The listing as one would write it without a database: everything is looked at. */
function modelOf(keys: readonly string[], query: Omit<ListQuery, 'bucketId'>): ModelPage {
  const { prefix, delimiter, after, afterIsKey = false, limit } = query
  const entries = new Map<string, 'key' | 'prefix'>()
  const possible = keys.filter((key) => key.startsWith(prefix) && !(afterIsKey && byBytes(key, after) <= 0))
  for (const key of possible) {
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    if (at < 0) entries.set(key, 'key')
    else entries.set(key.slice(0, at + delimiter.length), 'prefix')
  }
  const wanted = [...entries.keys()].filter((entry) => afterIsKey || byBytes(entry, after) > 0).sort(byBytes)
  const page = wanted.slice(0, limit)
  return {
    keys: page.filter((entry) => entries.get(entry) === 'key'),
    commonPrefixes: page.filter((entry) => entries.get(entry) === 'prefix'),
    next: wanted.length > limit ? page.at(-1) : undefined,
  }
}

function seen(page: ListPage): ModelPage {
  return {
    keys: page.objects.map(({ key }) => key),
    commonPrefixes: page.commonPrefixes,
    next: page.next,
  }
}

async function filled({ catalog, newProject }: CatalogHarness, keys: readonly string[]): Promise<string> {
  const bucket = newBucket(await newProject())
  await catalog.createBucket(bucket)
  const objects = keys.map((key) => newObject(bucket.bucketId, key))
  await Promise.all(objects.map((object) => catalog.commitObject(object, [newPart(object.objectId)])))
  return bucket.bucketId
}

async function pageByPage(catalog: Catalog, query: ListQuery, limit: number): Promise<ModelPage> {
  const all: ModelPage = { keys: [], commonPrefixes: [], next: undefined }
  let next: Pick<ListQuery, 'after' | 'afterIsKey'> | undefined = query
  while (next !== undefined) {
    const { after, afterIsKey = false } = next
    const page: ListPage = await catalog.list({ ...query, after, afterIsKey, limit })
    expect(page.objects.length + page.commonPrefixes.length).toBeLessThanOrEqual(limit)
    all.keys.push(...page.objects.map(({ key }) => key))
    all.commonPrefixes.push(...page.commonPrefixes)
    next = page.next === undefined ? undefined : { after: page.next }
  }
  return all
}

const keySet = fc.uniqueArray(nastyText(1, 6), { maxLength: 24 })
const RUNS = 60

export function listingConformance(harness: () => CatalogHarness): void {
  it('is what looking at every key gives, for any prefix, delimiter, marker and limit', async () => {
    const keysAndQueries = keySet.chain((keys) =>
      fc.tuple(
        fc.constant(keys),
        fc.array(
          fc.record({
            prefix: fc.oneof(fc.constant(''), nastyText(0, 2), markerNear(keys)),
            delimiter: delimiters,
            after: markerNear(keys),
            afterIsKey: fc.boolean(),
            limit: fc.integer({ min: 1, max: 8 }),
          }),
          { minLength: 10, maxLength: 40 },
        ),
      ),
    )
    await fc.assert(
      fc.asyncProperty(keysAndQueries, async ([keys, queries]) => {
        const bucketId = await filled(harness(), keys)
        for (const query of queries)
          expect(seen(await harness().catalog.list({ bucketId, ...query })), JSON.stringify(query)).toEqual(
            modelOf(keys, query),
          )
      }),
      { numRuns: RUNS },
    )
  })

  it('gives page by page, in pages of any size, what one page gives', async () => {
    await fc.assert(
      fc.asyncProperty(keySet, nastyText(0, 1), delimiters, fc.nat(), async (keys, prefix, delimiter, at) => {
        const bucketId = await filled(harness(), keys)
        const after = ['', ...keys][at % (keys.length + 1)]!
        const query = { bucketId, prefix, delimiter, after, afterIsKey: true, limit: 1000 }
        const whole = seen(await harness().catalog.list(query))
        expect(whole.next).toBeUndefined()
        for (const limit of [1, 2, 3, 7])
          expect(await pageByPage(harness().catalog, query, limit)).toEqual(whole)
      }),
      { numRuns: RUNS },
    )
  })

  it('gives whole rows, of this bucket only, and no replaced ones', async () => {
    const { catalog } = harness()
    const [one, other] = [await madeBucket(harness()), await madeBucket(harness())]
    await put(catalog, one, 'k')
    await put(catalog, one, 'k', { storageClass: 'new' })
    await put(catalog, other, 'k', { storageClass: 'of another bucket' })
    const page = await catalog.list({ bucketId: one, prefix: '', delimiter: '', after: '', limit: 10 })
    expect(page.objects).toEqual([await catalog.findObject(one, 'k')])
    expect(page.objects[0]?.storageClass).toBe('new')
  })

  // In UTF-16, as JavaScript compares, U+FFFF comes after 😀; in UTF-8 before it.
  it('orders markers and prefixes as it orders keys: by UTF-8 bytes', async () => {
    const keys = ['\uffffa', '\uffffb', '😀a', '😀b']
    const bucketId = await filled(harness(), keys)
    for (const prefix of ['\uffff', '😀', ''])
      for (const after of ['\uffff', '\uffffa', '😀', '😀a'])
        for (const delimiter of ['', 'a', '\uffff']) {
          const query = { prefix, delimiter, after, limit: 10 }
          expect(seen(await harness().catalog.list({ bucketId, ...query }))).toEqual(modelOf(keys, query))
        }
  })

  it('takes keys of 1,024 bytes', async () => {
    const keys = ['\u{10ffff}'.repeat(256), 'a/'.repeat(512), '/'.repeat(1024)]
    const bucketId = await filled(harness(), keys)
    for (const delimiter of ['', '/', '\u{10ffff}'])
      for (const prefix of ['', ...keys]) {
        const query = { prefix, delimiter, after: '', limit: 10 }
        expect(seen(await harness().catalog.list({ bucketId, ...query }))).toEqual(modelOf(keys, query))
      }
  })
}
