import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Catalog } from './catalog.ts'
import type { CatalogHarness } from './catalog-conformance.ts'
import { markerNear, nastyText } from './catalog-conformance-listing.ts'
import {
  byBytes,
  ENCRYPTION_RECORDS,
  madeBucket,
  newObject,
  newPart,
  put,
} from './catalog-conformance-rows.ts'
import type { EncryptionRecord } from './encryption-model.ts'
import type { ObjectRow } from './model.ts'
import type { ObjectFilter } from './object-filter.ts'

type Narrowing = Omit<ObjectFilter, 'bucketId'>

/** Records of every shape, and managed ones that differ in key and version. */
const RECORDS: EncryptionRecord[] = ENCRYPTION_RECORDS.flatMap((record): EncryptionRecord[] =>
  record.mode === 'managed-key'
    ? [1, 2, 7].flatMap((keyVersion) => ['k1', 'k2'].map((keyId) => ({ ...record, keyId, keyVersion })))
    : [record],
)
const small = fc.integer({ min: 0, max: 5 })

const objects = fc.uniqueArray(
  fc.record({
    key: nastyText(1, 5),
    size: small,
    lastModified: small,
    encryption: fc.constantFrom(...RECORDS),
    tags: fc.dictionary(fc.constantFrom('a', 'b"', 'ü'), fc.constantFrom('', '1', '"b"'), { maxKeys: 2 }),
  }),
  { maxLength: 24, selector: ({ key }) => key },
)

const filters = (keys: readonly string[]) =>
  fc.record<Narrowing>(
    {
      prefix: fc.oneof(nastyText(0, 2), markerNear(keys)),
      modes: fc.subarray(['none', 'service-key', 'managed-key', 'customer-key'] as const),
      suites: fc.subarray(['AES256', 'SM4'] as const),
      keyId: fc.constantFrom('k1', 'k2', 'service/p', 'unknown'),
      keyVersionBelow: fc.integer({ min: 0, max: 8 }),
      minSize: small,
      maxSize: small,
      modifiedFrom: small,
      modifiedTo: small,
      tag: fc.record({
        key: fc.constantFrom('a', 'b"', 'ü'),
        value: fc.constantFrom(undefined, '', '1', '"b"'),
      }),
    },
    { requiredKeys: [] },
  )

/** A filter as one would write it without a database. */
function matches({ key, size, lastModified, encryption, tags }: ObjectRow, filter: Narrowing): boolean {
  const { modes, suites, keyId, keyVersionBelow, tag } = filter
  const suite = encryption.mode === 'none' ? undefined : encryption.suite
  const wrappedBy = 'keyId' in encryption ? encryption : undefined
  return (
    key.startsWith(filter.prefix ?? '') &&
    (modes === undefined || modes.includes(encryption.mode)) &&
    (suites === undefined || (suite !== undefined && suites.includes(suite))) &&
    (keyId === undefined || wrappedBy?.keyId === keyId) &&
    (keyVersionBelow === undefined || (wrappedBy !== undefined && wrappedBy.keyVersion < keyVersionBelow)) &&
    size >= (filter.minSize ?? 0) &&
    size <= (filter.maxSize ?? Infinity) &&
    lastModified >= (filter.modifiedFrom ?? 0) &&
    lastModified < (filter.modifiedTo ?? Infinity) &&
    (tag === undefined || (tag.value === undefined ? tag.key in tags : tags[tag.key] === tag.value))
  )
}

async function everyPage(catalog: Catalog, filter: ObjectFilter, from: string | undefined, limit: number) {
  const found: ObjectRow[] = []
  let after = from
  do {
    const page = await catalog.find(filter, after, limit)
    expect(page.objects.length).toBeLessThanOrEqual(limit)
    found.push(...page.objects)
    after = page.next
  } while (after !== undefined)
  return found
}

export function filterConformance(harness: () => CatalogHarness): void {
  it('finds, page by page, what looking at every object gives, in order of the keys', async () => {
    const cases = objects.chain((rows) => {
      const keys = rows.map(({ key }) => key)
      return fc.tuple(
        fc.constant(rows),
        fc.array(
          fc.record({ filter: filters(keys), after: fc.option(markerNear(keys), { nil: undefined }) }),
          {
            minLength: 10,
            maxLength: 30,
          },
        ),
      )
    })
    await fc.assert(
      fc.asyncProperty(cases, async ([rows, queries]) => {
        const { catalog } = harness()
        const bucketId = await madeBucket(harness())
        const stored = rows.map(({ key, ...facts }) => newObject(bucketId, key, facts))
        await Promise.all(stored.map((object) => catalog.commitObject(object, [newPart(object.objectId)])))
        stored.sort((a, b) => byBytes(a.key, b.key))
        for (const { filter, after } of queries) {
          const wanted = stored.filter(
            (object) => matches(object, filter) && (after === undefined || byBytes(object.key, after) > 0),
          )
          for (const limit of [1, 3, 100])
            expect(
              await everyPage(catalog, { bucketId, ...filter }, after, limit),
              JSON.stringify({ filter, after }),
            ).toEqual(wanted)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('follows an object that is written again with another method, and one that is deleted', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    const keysOf = async (mode: EncryptionRecord['mode']) =>
      (await everyPage(catalog, { bucketId, modes: [mode] }, undefined, 10)).map(({ key }) => key)
    await put(catalog, bucketId, 'a')
    await put(catalog, bucketId, 'b')
    await put(catalog, bucketId, 'a', { encryption: ENCRYPTION_RECORDS[2]! })
    expect(await keysOf('none')).toEqual(['b'])
    expect(await keysOf('managed-key')).toEqual(['a'])
    await catalog.deleteObject(bucketId, 'a')
    expect(await keysOf('managed-key')).toEqual([])
  })

  it('is of one bucket', async () => {
    const { catalog } = harness()
    const [one, other] = [await madeBucket(harness()), await madeBucket(harness())]
    await put(catalog, one, 'k')
    await put(catalog, other, 'k')
    expect(await everyPage(catalog, { bucketId: one }, undefined, 10)).toEqual([
      await catalog.findObject(one, 'k'),
    ])
  })
}
