import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CorsRule } from './cors-model.ts'
import type { LifecycleRule } from './lifecycle-model.ts'
import { get, openBench, put, run, type Bench } from './store.test-support.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2030, 0, 10, 12)

let bench: Bench
beforeAll(async () => (bench = await openBench({ now: () => NOW })))
afterAll(() => bench.dispose())

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  )

describe('CORS rules', () => {
  const rule: CorsRule = {
    allowedOrigins: ['https://*.example.org'],
    allowedMethods: ['GET'],
    allowedHeaders: ['*'],
    exposeHeaders: ['ETag', 'x-cos-*'],
  }
  const set = (rules: CorsRule[]) =>
    run(bench, { name: 'PutBucketCors', bucket: bench.bucket, configuration: { rules } })
  const read = async () => (await run(bench, { name: 'GetBucketCors', bucket: bench.bucket })).configuration

  test('are kept, replaced and taken away, and what is remembered of the bucket with them', async () => {
    expect(await read()).toBeUndefined()
    await set([rule, { ...rule, id: 'second', maxAgeSeconds: 0 }])
    expect((await read())?.rules).toEqual([rule, { ...rule, id: 'second', maxAgeSeconds: 0 }])
    await set([rule])
    expect((await bench.deps.catalog.findBucket(bench.bucket))?.cors?.rules).toEqual([rule])
    await run(bench, { name: 'DeleteBucketCors', bucket: bench.bucket })
    expect(await read()).toBeUndefined()
    expect(await bench.deps.catalog.findBucket(bench.bucket)).toHaveProperty('cors', undefined)
    expect(bench.audit.events.filter(({ action }) => action === 's3:PutBucketCORS')).toHaveLength(3)
  })

  test.each<[string, Partial<CorsRule>, string]>([
    ['no origin', { allowedOrigins: [] }, 'MalformedXML'],
    ['no method', { allowedMethods: [] }, 'MalformedXML'],
    ['a method that browsers ask by themselves', { allowedMethods: ['OPTIONS' as 'GET'] }, 'InvalidRequest'],
    ['two wildcards', { allowedOrigins: ['http://*.*.org'] }, 'InvalidRequest'],
    ['two wildcards in a header', { allowedHeaders: ['*-x-*'] }, 'InvalidRequest'],
    ['a line break, which would end a header', { exposeHeaders: ['a\r\nset-cookie: b'] }, 'InvalidRequest'],
    ['a list where one name belongs', { exposeHeaders: ['a,b'] }, 'InvalidRequest'],
    ['a line break in an origin', { allowedOrigins: ['https://a\n'] }, 'InvalidRequest'],
    ['a long id', { id: 'x'.repeat(256) }, 'InvalidRequest'],
  ])('refused: %s', async (_, changes, expected) => {
    expect(await code(set([{ ...rule, ...changes }]))).toBe(expected)
  })

  test('a hundred and no more, and not none', async () => {
    expect(await code(set(Array.from({ length: 100 }, () => rule)))).toBe('done')
    expect(await code(set(Array.from({ length: 101 }, () => rule)))).toBe('InvalidRequest')
    expect(await code(set([]))).toBe('MalformedXML')
    const long = {
      ...rule,
      allowedOrigins: Array.from({ length: 1000 }, (_, i) => `https://${i}.${'x'.repeat(60)}`),
    }
    expect(await code(set([long]))).toBe('EntityTooLarge')
  })
})

describe('lifecycle rules', () => {
  const rule = (changes: Partial<LifecycleRule>): LifecycleRule => ({
    id: 'r',
    enabled: true,
    filter: { prefix: '', tags: {} },
    ...changes,
  })
  const set = (...rules: LifecycleRule[]) =>
    run(bench, { name: 'PutBucketLifecycle', bucket: bench.bucket, configuration: { rules } })

  test('are kept, replaced and taken away', async () => {
    const read = () => run(bench, { name: 'GetBucketLifecycle', bucket: bench.bucket })
    expect((await read()).configuration).toBeUndefined()
    const rules = [rule({ expiration: { days: 3 } }), rule({ id: 's', abortUploads: { days: 1 } })]
    await set(...rules)
    expect((await read()).configuration).toEqual({ rules })
    expect((await bench.deps.catalog.nextLifecycleBucket(''))?.name).toBe(bench.bucket)
    await run(bench, { name: 'DeleteBucketLifecycle', bucket: bench.bucket })
    expect((await read()).configuration).toBeUndefined()
    expect(await bench.deps.catalog.nextLifecycleBucket('')).toBeUndefined()
    const acts = bench.audit.events.filter(({ action }) => action === 's3:PutLifecycleConfiguration')
    expect(acts.map(({ details }) => details)).toEqual([{ rules: 2 }, { rules: 0 }])
  })

  const days = { expiration: { days: 5 } }
  test.each<[string, Partial<LifecycleRule>, string]>([
    ['nothing to do', {}, 'InvalidRequest'],
    ['no day', { expiration: { days: 0 } }, 'InvalidArgument'],
    ['half a day', { expiration: { days: 0.5 } }, 'InvalidArgument'],
    ['days beyond counting', { expiration: { days: 2 ** 31 } }, 'InvalidArgument'],
    ['a long id', { id: 'x'.repeat(256), ...days }, 'InvalidArgument'],
    ['a tag that cannot be', { filter: { prefix: '', tags: { '': 'x' } }, ...days }, 'InvalidTag'],
    [
      'sizes between which nothing is',
      { filter: { prefix: '', tags: {}, sizeGreaterThan: 9, sizeLessThan: 9 }, ...days },
      'InvalidRequest',
    ],
    [
      'uploads by tag',
      { filter: { prefix: '', tags: { a: 'b' } }, abortUploads: { days: 1 } },
      'InvalidRequest',
    ],
    [
      'uploads by size',
      { filter: { prefix: '', tags: {}, sizeLessThan: 9 }, abortUploads: { days: 1 } },
      'InvalidRequest',
    ],
    [
      'markers by tag',
      { filter: { prefix: '', tags: { a: 'b' } }, expiration: { expiredDeleteMarker: true } },
      'InvalidRequest',
    ],
    ['more than a hundred kept', { noncurrentExpiration: { days: 1, keep: 101 } }, 'InvalidArgument'],
    [
      'a class twice',
      {
        transitions: [
          { days: 1, storageClass: 'GLACIER' },
          { days: 2, storageClass: 'GLACIER' },
        ],
      },
      'InvalidRequest',
    ],
    ['to the warmest class', { transitions: [{ days: 1, storageClass: 'STANDARD' }] }, 'MalformedXML'],
    [
      'moved after it is gone',
      { ...days, transitions: [{ days: 5, storageClass: 'GLACIER' }] },
      'InvalidArgument',
    ],
  ])('refused: %s', async (_, changes, expected) => {
    expect(await code(set(rule(changes)))).toBe(expected)
  })

  test('a thousand and no more, each with a name of its own', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => rule({ id: String(i), ...days }))
    expect(await code(set(...many(1000)))).toBe('done')
    expect(await code(set(...many(1001)))).toBe('MalformedXML')
    expect(await code(set())).toBe('MalformedXML')
    expect(await code(set(rule(days), rule(days)))).toBe('InvalidArgument')
  })

  test('tell writers and readers when the object will go, the first rule that deletes it', async () => {
    await set(
      rule({ id: 'later', ...days }),
      rule({ id: 'first', filter: { prefix: 'log/', tags: {} }, expiration: { days: 1 } }),
      rule({ id: 'off', enabled: false, expiration: { days: 1 } }),
      rule({
        id: 'tagged',
        filter: { prefix: '', tags: { t: '1' } },
        expiration: { date: NOW - (NOW % DAY) },
      }),
    )
    const noon = Math.ceil(NOW / DAY) * DAY
    expect((await put(bench, 'a', Buffer.from('x'))).expiration).toEqual({
      ruleId: 'later',
      expiresAt: noon + 5 * DAY,
    })
    expect((await get(bench, 'a')).expiration?.ruleId).toBe('later')
    expect((await put(bench, 'log/a', Buffer.from('x'))).expiration).toEqual({
      ruleId: 'first',
      expiresAt: noon + DAY,
    })
    await put(bench, 'b', Buffer.from('x'), { tags: { t: '1' } })
    const { expiration } = await run(bench, {
      name: 'HeadObject',
      bucket: bench.bucket,
      key: 'b',
      conditions: {},
    })
    expect(expiration).toEqual({ ruleId: 'tagged', expiresAt: NOW - (NOW % DAY) })
    await run(bench, { name: 'DeleteBucketLifecycle', bucket: bench.bucket })
    expect(await get(bench, 'a')).not.toHaveProperty('expiration')
  })
})
