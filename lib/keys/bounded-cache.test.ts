import { expect, test } from 'vitest'
import { BoundedCache } from './bounded-cache.ts'

test('keeps the most recently used, and hands over what leaves', () => {
  const gone: string[] = []
  const cache = new BoundedCache<string>({ limit: 2, onEvict: (value) => gone.push(value) })
  cache.set('a', 'A')
  cache.set('b', 'B')
  expect(cache.get('a')).toBe('A')
  cache.set('c', 'C')
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['A', undefined, 'C'])
  cache.set('c', 'C2')
  cache.delete('a')
  cache.delete('a')
  expect(gone).toEqual(['B', 'C', 'A'])
  cache.clear()
  expect([cache.get('c'), gone.at(-1)]).toEqual([undefined, 'C2'])
})

test('forgets after its lifetime, counted from when it was set', () => {
  let now = 0
  const cache = new BoundedCache<string>({ limit: 2, lifetimeMs: 10, now: () => now })
  cache.set('a', 'A')
  now = 9
  expect(cache.get('a')).toBe('A')
  now = 10
  expect(cache.get('a')).toBeUndefined()
})
