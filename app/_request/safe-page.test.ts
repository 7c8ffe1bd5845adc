import { expect, test } from 'vitest'
import { isFromSafePage } from './safe-page.ts'

test.each([
  ['https://coffer.example', true],
  ['http://localhost:3000', true],
  ['http://127.0.0.1:3000', true],
  ['http://[::1]:3000', true],
  ['http://coffer.example', false],
  ['http://localhost.example', false],
  ['http://127.0.0.1.example', false],
  ['null', false],
  ['', false],
])('a customer key may come from a page of %j: %s', (origin, safe) => {
  expect(isFromSafePage(new Headers(origin ? { origin } : {}))).toBe(safe)
})
