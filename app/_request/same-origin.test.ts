import { expect, test } from 'vitest'
import { mayChange } from './same-origin.ts'

const OWN = 'https://files.example.org'

test.each<[string, Record<string, string>, boolean]>([
  ['GET', { 'sec-fetch-site': 'cross-site' }, true],
  ['POST', { 'sec-fetch-site': 'same-origin' }, true],
  ['POST', { 'sec-fetch-site': 'same-site', origin: OWN }, false],
  ['POST', { 'sec-fetch-site': 'cross-site' }, false],
  ['POST', { 'sec-fetch-site': 'none' }, false],
  ['DELETE', { origin: OWN, host: 'inside:3000' }, true],
  ['PUT', { origin: 'http://10.0.0.5:3000', host: '10.0.0.5:3000' }, true],
  ['PUT', { origin: 'http://evil.example', host: '10.0.0.5:3000' }, false],
  ['PATCH', { origin: 'null', host: '10.0.0.5:3000' }, false],
  ['POST', {}, false],
])('%s with %o: %s', (method, headers, allowed) => {
  expect(mayChange(method, new Headers(headers), OWN)).toBe(allowed)
})
