import fc from 'fast-check'
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

test('whatever is asked of it, it holds what was used last', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const act = fc.record({ kind: fc.constantFrom('get', 'get', 'set', 'delete'), name })
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const cache = new BoundedCache<string>({ limit: 3 })
      let order: string[] = []
      for (const { kind, name } of acts) {
        const there = order.includes(name)
        if (kind === 'get') expect(cache.get(name)).toBe(there ? name : undefined)
        if (kind === 'set') cache.set(name, name)
        if (kind === 'delete') cache.delete(name)
        const others = order.filter((other) => other !== name)
        order = kind === 'delete' || (kind === 'get' && !there) ? others : [...others, name].slice(-3)
        expect(cache.keys().sort()).toEqual([...order].sort())
      }
    }),
  )
})
