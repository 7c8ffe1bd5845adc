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
import type { FoundObject, ObjectFilter } from './object-filter.ts'
import { newVersionId } from './version-ids.ts'

type Narrowing = Omit<ObjectFilter, 'bucketId'>

/** Records of every shape, and managed ones that differ in key and version. */
const RECORDS: EncryptionRecord[] = ENCRYPTION_RECORDS.flatMap((record): EncryptionRecord[] =>
  record.mode === 'managed-key'
    ? [1, 2, 7].flatMap((keyVersion) => ['k1', 'k2'].map((keyId) => ({ ...record, keyId, keyVersion })))
    : [record],
)
const small = fc.integer({ min: 0, max: 5 })

const facts = {
  size: small,
  lastModified: small,
  encryption: fc.constantFrom(...RECORDS),
  tags: fc.dictionary(fc.constantFrom('a', 'b"', 'ü'), fc.constantFrom('', '1', '"b"'), { maxKeys: 2 }),
}
const objects = fc.uniqueArray(fc.record({ key: nastyText(1, 5), ...facts }), {
  maxLength: 24,
  selector: ({ key }) => key,
})

/** Writes to few keys of a bucket that keeps versions; without facts, a deletion. */
const KEYS = ['a', 'a/b', 'b', '\u{ffff}', '😀']
const writes = fc.array(
  fc.record({
    key: fc.constantFrom(...KEYS),
    facts: fc.option(fc.record(facts), { nil: undefined, freq: 5 }),
    keepsVersions: fc.boolean(),
  }),
  { maxLength: 40 },
)

const filters = (keys: readonly string[]) =>
  fc.record<Narrowing>(
    {
      key: fc.constantFrom('a', ...keys),
      versions: fc.constantFrom('current', 'all'),
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
function matches({ isLatest, ...object }: FoundObject, filter: Narrowing): boolean {
  const { key, size, lastModified, encryption, tags } = object
  const { modes, suites, keyId, keyVersionBelow, tag } = filter
  const suite = encryption.mode === 'none' ? undefined : encryption.suite
  const wrappedBy = 'keyId' in encryption ? encryption : undefined
  return (
    (isLatest || filter.versions === 'all') &&
    (filter.key === undefined || key === filter.key) &&
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
  const found: FoundObject[] = []
  let after = from
  do {
    const page = await catalog.find(filter, after, limit)
    expect(page.objects.length).toBeLessThanOrEqual(limit)
    found.push(...page.objects)
    after = page.next
  } while (after !== undefined)
  return found
}

const latest = (object: ObjectRow): FoundObject => ({ ...object, isLatest: true })

/** What each key holds after some writes, the newest version first; undefined: a delete marker. */
type Held = Map<string, (ObjectRow | undefined)[]>

async function written(
  catalog: Catalog,
  bucketId: string,
  steps: typeof writes extends fc.Arbitrary<infer Steps> ? Steps : never,
): Promise<Held> {
  const held: Held = new Map()
  for (const { key, facts: given, keepsVersions } of steps) {
    await catalog.setBucketVersioning(bucketId, keepsVersions ? 'Enabled' : 'Suspended')
    const versionId = keepsVersions ? newVersionId() : 'null'
    const before = held.get(key) ?? []
    const kept = keepsVersions ? before : before.filter((each) => each?.versionId !== 'null')
    const object = given && newObject(bucketId, key, { ...given, versionId })
    if (object) await catalog.commitObject(object, [newPart(object.objectId)])
    else await catalog.deleteObject(bucketId, key, undefined, { versionId, lastModified: 0 })
    held.set(key, [object, ...kept])
  }
  return held
}

/** All object versions as they are found, with `isLatest` as versions are listed. */
function inOrder(held: Held): FoundObject[] {
  return [...held.keys()]
    .sort(byBytes)
    .flatMap((key) =>
      held.get(key)!.flatMap((object, i) => (object === undefined ? [] : { ...object, isLatest: i === 0 })),
    )
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
        const all = stored.sort((a, b) => byBytes(a.key, b.key)).map(latest)
        for (const { filter, after } of queries) {
          const wanted = all.filter(
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

  it('finds older versions where they are asked for, the newest of a key first, and never a delete marker', async () => {
    const cases = fc.tuple(
      writes,
      fc.array(fc.record({ filter: filters(KEYS), versions: fc.constantFrom('current', 'all') }), {
        minLength: 5,
        maxLength: 15,
      }),
    )
    await fc.assert(
      fc.asyncProperty(cases, async ([steps, queries]) => {
        const { catalog } = harness()
        const bucketId = await madeBucket(harness())
        const all = inOrder(await written(catalog, bucketId, steps))
        for (const query of queries) {
          const filter = { ...query.filter, versions: query.versions } as const
          const wanted = all.filter((object) => matches(object, filter))
          for (const limit of [1, 2, 5, 100])
            expect(
              await everyPage(catalog, { bucketId, ...filter }, undefined, limit),
              JSON.stringify({ filter, limit }),
            ).toEqual(wanted)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('goes on among the versions of a key, though the one where it stopped is deleted, and new ones come', async () => {
    const { catalog } = harness()
    const bucketId = await madeBucket(harness())
    await catalog.setBucketVersioning(bucketId, 'Enabled')
    const ids = Array.from({ length: 5 }, newVersionId)
    for (const versionId of ids) await put(catalog, bucketId, 'k', { versionId })
    const filter = { bucketId, versions: 'all' } as const
    const first = await catalog.find(filter, undefined, 2)
    expect(first.objects.map(({ versionId }) => versionId)).toEqual([ids[4], ids[3]])
    await catalog.deleteVersion(bucketId, 'k', ids[3]!)
    await put(catalog, bucketId, 'k', { versionId: newVersionId() })
    const rest = await everyPage(catalog, filter, first.next, 2)
    expect(rest.map(({ versionId }) => versionId)).toEqual([ids[2], ids[1], ids[0]])
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
      latest((await catalog.findObject(one, 'k'))!),
    ])
  })
}
