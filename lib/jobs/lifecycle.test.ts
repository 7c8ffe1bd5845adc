import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AuditEvent } from '../audit/model.ts'
import type { LifecycleRule } from '../store/lifecycle-model.ts'
import type { Tags } from '../store/model.ts'
import { isObjectVersion } from '../store/version-ids.ts'
import { initiate, uploadPart } from '../store/multipart.test-support.ts'
import { METHODS, openBench, put, run, traces, type Bench } from '../store/store.test-support.ts'
import { createLifecycleJob, type LifecycleJobDeps } from './lifecycle.ts'
import { collectGarbage } from './collect-garbage.ts'

const DAY = 86_400_000
const MIDNIGHT = Date.UTC(2030, 0, 10)

let clock: number
let bench: Bench
let appended: AuditEvent[]
beforeEach(async () => {
  clock = MIDNIGHT
  appended = []
  bench = await openBench({ now: () => clock })
})
afterEach(() => bench.dispose())

function jobOf(changes: Partial<LifecycleJobDeps> = {}) {
  return createLifecycleJob({
    catalog: bench.deps.catalog,
    repository: bench.database.lifecycle,
    audit: { append: async (event) => void appended.push(event) },
    pace: { spend: async () => undefined },
    everyHours: 24,
    now: () => clock,
    ...changes,
  })
}

/** A run whose time has come. */
async function runDue(): Promise<void> {
  await bench.database.lifecycle.keepRun({ slot: 0, finished: true })
  await jobOf().run()
}

const rule = (changes: Partial<LifecycleRule>): LifecycleRule => ({
  id: 'r',
  enabled: true,
  filter: { prefix: '', tags: {} },
  ...changes,
})
const setRules = (...rules: LifecycleRule[]) =>
  run(bench, { name: 'PutBucketLifecycle', bucket: bench.bucket, configuration: { rules } })
const versioning = (state: 'Enabled' | 'Suspended') =>
  run(bench, { name: 'PutBucketVersioning', bucket: bench.bucket, state })
const remove = (key: string) =>
  run(bench, { name: 'DeleteObject', bucket: bench.bucket, key, conditions: {} })
const bucketId = async () => (await bench.deps.catalog.findBucket(bench.bucket))!.bucketId

async function allVersions() {
  const { versions } = await bench.deps.catalog.listVersions({
    bucketId: await bucketId(),
    prefix: '',
    delimiter: '',
    afterKey: '',
    afterVersionId: '',
    limit: 100_000,
  })
  return versions
}
const left = async () =>
  (await allVersions()).map(
    ({ version, isLatest }) => `${version.key}${isObjectVersion(version) ? '' : '!'}${isLatest ? '*' : ''}`,
  )

describe('current versions', () => {
  test('go when their days are over, at the midnight that follows, and their bytes with them', async () => {
    clock = MIDNIGHT + 1
    await put(bench, 'a', Buffer.alloc(20_000), { encryption: { kind: 'service-key', suite: 'AES256' } })
    await setRules(rule({ expiration: { days: 1 } }))
    clock = MIDNIGHT + 2 * DAY - 1
    await runDue()
    expect(await left()).toEqual(['a*'])
    clock = MIDNIGHT + 2 * DAY
    await runDue()
    expect(await left()).toEqual([])
    expect(await bench.deps.catalog.bucketUsage(await bucketId())).toMatchObject({ objects: 0, bytes: 0 })
    await collectGarbage({ ...bench.deps, now: () => Date.now() + 1000 })
    expect(await traces(bench)).toMatchObject({ blobs: [] })
    expect(appended).toMatchObject([
      {
        action: 'coffer:ExpireObject',
        bucket: bench.bucket,
        objectKey: 'a',
        projectId: bench.projectId,
        actor: { userId: undefined },
        details: { by: 'lifecycle', rule: 'r', versionId: 'null' },
      },
    ])
  })

  test('go by key, tag and size, and not by rules that are off', async () => {
    for (const [key, size, tags] of [
      ['log/1', 10, {}],
      ['log/big', 1000, {}],
      ['tmp', 10, { keep: 'no' }],
      ['tmp2', 10, { keep: 'yes' }],
      ['other', 10, {}],
    ] as const)
      await put(bench, key, Buffer.alloc(size), { tags })
    await setRules(
      rule({ id: 'log', filter: { prefix: 'log/', tags: {}, sizeLessThan: 1000 }, expiration: { days: 1 } }),
      rule({ id: 'tag', filter: { prefix: '', tags: { keep: 'no' } }, expiration: { days: 1 } }),
      rule({ id: 'off', enabled: false, expiration: { days: 1 } }),
    )
    clock += DAY
    await runDue()
    expect(await left()).toEqual(['log/big*', 'other*', 'tmp2*'])
  })

  test('a date deletes what there is from then on, one of creation what was there before', async () => {
    await put(bench, 'old', Buffer.alloc(1))
    clock += 2 * DAY
    await put(bench, 'new', Buffer.alloc(1))
    await setRules(rule({ expiration: { createdBefore: MIDNIGHT + DAY } }))
    await runDue()
    expect(await left()).toEqual(['new*'])
    await setRules(rule({ expiration: { date: clock + DAY } }))
    await runDue()
    expect(await left()).toEqual(['new*'])
    clock += DAY
    await runDue()
    expect(await left()).toEqual([])
  })

  test('a marker takes their place where the bucket keeps versions', async () => {
    await versioning('Enabled')
    await put(bench, 'a', Buffer.alloc(1))
    await setRules(rule({ expiration: { days: 1 } }))
    clock += DAY
    await runDue()
    expect(await left()).toEqual(['a!*', 'a'])
    // The next day the marker is old enough, but something lies beneath it.
    clock += 2 * DAY
    await runDue()
    expect(await left()).toEqual(['a!*', 'a'])
  })

  test('a suspended bucket keeps what has a version of its own', async () => {
    await versioning('Enabled')
    await put(bench, 'kept', Buffer.alloc(1))
    await versioning('Suspended')
    await put(bench, 'null', Buffer.alloc(1))
    await setRules(rule({ expiration: { days: 1 } }))
    clock += DAY
    await runDue()
    expect(await left()).toEqual(['kept!*', 'kept', 'null!*'])
  })
})

describe('noncurrent versions', () => {
  beforeEach(() => versioning('Enabled'))

  test('count from when another took their place, and the newest may be kept', async () => {
    for (let i = 0; i < 6; i++) {
      await put(bench, 'a', Buffer.alloc(i + 1))
      clock += DAY
    }
    await setRules(rule({ noncurrentExpiration: { days: 2, keep: 1 } }))
    await runDue()
    const sizes = async () =>
      (await allVersions()).map(({ version }) => (isObjectVersion(version) ? version.size : 0))
    // 6 is current since yesterday, 5 noncurrent since then, 4 for two days.
    expect(await sizes()).toEqual([6, 5])
    clock += 10 * DAY
    await runDue()
    expect(await sizes()).toEqual([6, 5])
  })

  test('and markers among them go, then a marker with nothing beneath', async () => {
    await put(bench, 'a', Buffer.alloc(1))
    await remove('a')
    await put(bench, 'b', Buffer.alloc(1))
    await remove('b')
    await put(bench, 'b', Buffer.alloc(1))
    await setRules(
      rule({ id: 'old', noncurrentExpiration: { days: 1 } }),
      rule({ id: 'markers', expiration: { expiredDeleteMarker: true } }),
    )
    clock += DAY
    await runDue()
    expect(await left()).toEqual(['a!*', 'b*'])
    await runDue()
    expect(await left()).toEqual(['b*'])
    expect(appended.map(({ action, details }) => [action, details['rule']])).toContainEqual([
      'coffer:RemoveExpiredVersion',
      'markers',
    ])
  })

  test('that are locked stay', async () => {
    const configuration = {}
    await run(bench, { name: 'PutObjectLockConfiguration', bucket: bench.bucket, configuration })
    const locks = {
      held: { legalHold: true },
      retained: { retention: { mode: 'GOVERNANCE', retainUntil: clock + 30 * DAY } },
      free: {},
    } as const
    for (const [key, lock] of Object.entries(locks)) {
      await put(bench, key, Buffer.alloc(1), { lock })
      await put(bench, key, Buffer.alloc(2))
    }
    await setRules(rule({ noncurrentExpiration: { days: 1 }, expiration: { days: 1 } }))
    clock += 5 * DAY
    await runDue()
    expect(await left()).toEqual([
      'free!*',
      'free',
      'held!*',
      'held',
      'held',
      'retained!*',
      'retained',
      'retained',
    ])
    clock += 30 * DAY
    await runDue()
    expect(await left()).toEqual(['free!*', 'held!*', 'held', 'retained!*'])
  })
})

test('what is moved to a colder class stays where it is, and is never moved to a warmer one', async () => {
  await put(bench, 'a', Buffer.alloc(200_000))
  await put(bench, 'small', Buffer.alloc(10))
  const rules = [
    rule({
      id: 'cold',
      transitions: [
        { days: 3, storageClass: 'DEEP_ARCHIVE' },
        { days: 1, storageClass: 'GLACIER' },
      ],
    }),
    rule({ id: 'warm', transitions: [{ days: 1, storageClass: 'STANDARD_IA' }] }),
  ]
  const classes = async () =>
    (await allVersions()).map(({ version }) => (isObjectVersion(version) ? version.storageClass : ''))
  const transitionMinimum = 'all_storage_classes_128K'
  const configuration = { rules, transitionMinimum } as const
  await run(bench, { name: 'PutBucketLifecycle', bucket: bench.bucket, configuration })
  clock += DAY
  await runDue()
  expect(await classes()).toEqual(['GLACIER', 'STANDARD'])
  clock += 2 * DAY
  await runDue()
  await runDue()
  expect(await classes()).toEqual(['DEEP_ARCHIVE', 'STANDARD'])
  expect(appended.map(({ action, details }) => [action, details['storageClass']])).toEqual([
    ['coffer:TransitionObject', 'GLACIER'],
    ['coffer:TransitionObject', 'DEEP_ARCHIVE'],
  ])
  await setRules(...rules)
  await runDue()
  expect(await classes()).toEqual(['DEEP_ARCHIVE', 'DEEP_ARCHIVE'])
})

test('uploads are given up, with what was uploaded', async () => {
  const plain = METHODS[0]!
  const old = await initiate(bench, 'up/a', plain)
  await uploadPart(bench, 'up/a', old, 1, Buffer.alloc(100))
  const kept = await initiate(bench, 'elsewhere', plain)
  clock += DAY
  const later = await initiate(bench, 'up/a', plain)
  await setRules(rule({ filter: { prefix: 'up/', tags: {} }, abortUploads: { days: 1 } }))
  await runDue()
  const uploads = await bench.deps.catalog.listUploads({
    bucketId: await bucketId(),
    prefix: '',
    delimiter: '',
    afterKey: '',
    afterUploadId: '',
    limit: 10,
  })
  expect(uploads.uploads.map(({ uploadId }) => uploadId)).toEqual([kept, later])
  await collectGarbage({ ...bench.deps, now: () => Date.now() + 1000 })
  expect(await traces(bench)).toMatchObject({ blobs: [] })
})

describe('when', () => {
  test('at midnight UTC, once; rules of the first day wait for it, and a missed midnight is made up for', async () => {
    clock = MIDNIGHT + 3600_000
    await put(bench, 'a', Buffer.alloc(1))
    await setRules(rule({ expiration: { createdBefore: MIDNIGHT + DAY } }))
    const job = jobOf()
    await job.run()
    clock = MIDNIGHT + DAY - 1
    await job.run()
    expect(await left()).toEqual(['a*'])
    clock = MIDNIGHT + 3 * DAY + 5
    await job.run()
    expect(await left()).toEqual([])
    await setRules(rule({ expiration: { createdBefore: clock + DAY } }))
    await put(bench, 'b', Buffer.alloc(1))
    await job.run()
    clock = MIDNIGHT + 4 * DAY - 1
    await jobOf().run()
    expect(await left()).toEqual(['b*'])
  })

  test('never, where the setting says so', async () => {
    await put(bench, 'a', Buffer.alloc(1))
    await setRules(rule({ expiration: { days: 1 } }))
    await bench.database.lifecycle.keepRun({ slot: 0, finished: true })
    clock += 9 * DAY
    await jobOf({ everyHours: 0 }).run()
    expect(await left()).toEqual(['a*'])
  })
})

describe('meanwhile', () => {
  const racing = (during: (key: string) => Promise<unknown>): LifecycleJobDeps['catalog'] => {
    const { catalog } = bench.deps
    return {
      ...catalog,
      deleteObject: async (...args) => {
        await during(args[1])
        return catalog.deleteObject(...args)
      },
      deleteVersion: async (...args) => {
        await during(args[1])
        return catalog.deleteVersion(...args)
      },
    }
  }
  const runRacing = async (during: (key: string) => Promise<unknown>): Promise<void> => {
    await bench.database.lifecycle.keepRun({ slot: 0, finished: true })
    await jobOf({ catalog: racing(during) }).run()
  }

  test('what was written anew, or tagged otherwise, stays', async () => {
    const tags = { temporary: 'yes' }
    for (const key of ['replaced', 'tagged', 'gone']) await put(bench, key, Buffer.alloc(1), { tags })
    await setRules(rule({ filter: { prefix: '', tags }, expiration: { days: 1 } }))
    clock += DAY
    await runRacing(async (key) => {
      if (key === 'replaced') await put(bench, key, Buffer.alloc(7), { tags })
      if (key === 'tagged')
        await run(bench, { name: 'PutObjectTagging', bucket: bench.bucket, key, tags: {} })
      if (key === 'gone') await remove(key)
    })
    expect(await left()).toEqual(['replaced*', 'tagged*'])
    expect(appended).toEqual([])
  })

  test('what became current again stays, and so does what lies under a marker', async () => {
    await versioning('Enabled')
    const first = await put(bench, 'a', Buffer.alloc(1))
    const second = await put(bench, 'a', Buffer.alloc(2))
    await put(bench, 'b', Buffer.alloc(1))
    await remove('b')
    const third = await put(bench, 'b', Buffer.alloc(3))
    const removeVersion = (key: string, versionId: string) =>
      bench.deps.catalog
        .findBucket(bench.bucket)
        .then((bucket) => bench.deps.catalog.deleteVersion(bucket!.bucketId, key, versionId))
    await setRules(rule({ noncurrentExpiration: { days: 1 } }))
    clock += DAY
    await runRacing(async (key) => {
      if (key === 'a') await removeVersion('a', second.versionId!)
      if (key === 'b') await removeVersion('b', third.versionId!)
    })
    expect((await allVersions()).find(({ version }) => version.key === 'a')!.version.versionId).toBe(
      first.versionId,
    )
    // The older version of b was due by itself; the marker above it, now the latest, was not.
    expect(await left()).toEqual(['a*', 'b!*'])
  })
})

test('versions beyond a slice, of one key and of many', { timeout: 60_000 }, async () => {
  await versioning('Enabled')
  const total = 230
  for (let i = 0; i < total; i++) {
    await put(bench, 'many', Buffer.alloc(1))
    await put(bench, `k${String(i).padStart(4, '0')}`, Buffer.alloc(1))
  }
  clock += DAY
  await setRules(rule({ noncurrentExpiration: { days: 1, keep: 3 }, filter: { prefix: '', tags: {} } }))
  await runDue()
  expect((await left()).filter((key) => key.startsWith('many'))).toEqual(['many*', 'many', 'many', 'many'])
  await setRules(rule({ expiration: { days: 1 }, filter: { prefix: 'k', tags: {} } }))
  await runDue()
  expect((await left()).filter((key) => key.endsWith('!*'))).toHaveLength(total)
})

/** What the rules leave, told by a model that knows nothing of slices, transactions and rows. */
test('generated versions and rules end as a plain model says', { timeout: 120_000 }, async () => {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31))
  console.warn(`lifecycle model: seed ${seed}`)
  await versioning('Enabled')
  const step = fc.record({
    key: fc.constantFrom('a', 'a/b', 'a/c', 'b', '騰', '𐍈'),
    kind: fc.constantFrom('put', 'put', 'put', 'delete'),
    size: fc.integer({ min: 0, max: 3 }),
    tagged: fc.boolean(),
    hours: fc.integer({ min: 0, max: 40 }),
  })
  const steps = fc.sample(step, { seed, numRuns: 150 })
  for (const { key, kind, size, tagged, hours } of steps) {
    clock += hours * 3_600_000
    const tags: Tags = tagged ? { t: '1' } : {}
    if (kind === 'put') await put(bench, key, Buffer.alloc(size), { tags })
    else await remove(key)
  }
  const rules = [
    rule({ id: '1', filter: { prefix: 'a', tags: { t: '1' } }, expiration: { days: 5 } }),
    rule({ id: '2', filter: { prefix: 'a/', tags: {} }, noncurrentExpiration: { days: 30, keep: 2 } }),
    rule({
      id: '3',
      filter: { prefix: '', tags: {}, sizeGreaterThan: 1 },
      noncurrentExpiration: { days: 20 },
    }),
    rule({
      id: '4',
      filter: { prefix: '騰', tags: {} },
      noncurrentExpiration: { days: 1 },
      expiration: { days: 1 },
    }),
  ]
  await setRules(...rules)
  for (let round = 0; round < 4; round++) {
    clock = Math.ceil(clock / DAY) * DAY + round * 3 * DAY
    const before = await allVersions()
    const expected = modelOf(before, rules, clock)
    await runDue()
    const markers = (await allVersions()).filter(({ version, isLatest }) => {
      const known = before.some((row) => row.version.versionId === version.versionId)
      expect(known || (!isObjectVersion(version) && isLatest)).toBe(true)
      return !known
    })
    const after = (await allVersions()).map(({ version }) => version.versionId)
    expect(after.filter((id) => !markers.some(({ version }) => version.versionId === id)).sort()).toEqual(
      expected.kept.sort(),
    )
    expect(markers.map(({ version }) => version.key).sort()).toEqual(expected.marked.sort())
    const bytes = (await allVersions()).reduce(
      (sum, { version }) => sum + (isObjectVersion(version) ? version.size : 0),
      0,
    )
    expect(await bench.deps.catalog.bucketUsage(await bucketId())).toMatchObject({ bytes })
  }
})

function modelOf(
  rows: Awaited<ReturnType<typeof allVersions>>,
  rules: readonly LifecycleRule[],
  now: number,
): { kept: string[]; marked: string[] } {
  const [kept, marked]: [string[], string[]] = [[], []]
  const byKey = Map.groupBy(rows, ({ version }) => version.key)
  const over = (since: number, days: number) => {
    const end = since + days * DAY
    return now >= (end % DAY === 0 ? end : end - (end % DAY) + DAY)
  }
  for (const [key, versions] of byKey)
    for (const [i, { version }] of versions.entries()) {
      const object = isObjectVersion(version) ? version : undefined
      const mine = rules.filter(
        ({ filter }) =>
          key.startsWith(filter.prefix) &&
          (Object.keys(filter.tags).length === 0 || object?.tags['t'] === '1') &&
          (filter.sizeGreaterThan === undefined ||
            (object !== undefined && object.size > filter.sizeGreaterThan)),
      )
      const days = mine.flatMap(({ expiration }) =>
        expiration && 'days' in expiration ? [expiration.days] : [],
      )
      const expired = days.some((each) => over(version.lastModified, each))
      const removed =
        i > 0 &&
        mine.some(
          ({ noncurrentExpiration: old }) =>
            old && i - 1 >= (old.keep ?? 0) && over(versions[i - 1]!.version.lastModified, old.days),
        )
      const loneMarker = i === 0 && object === undefined && versions.length === 1 && expired
      if (i === 0 && object !== undefined && expired) marked.push(key)
      if (!removed && !loneMarker) kept.push(version.versionId)
    }
  return { kept, marked }
}
