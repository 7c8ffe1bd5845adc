import { expect, test } from 'vitest'
import { preferredLocale } from './locales.ts'

test.each([
  ['zh-TW,zh;q=0.9,en;q=0.8', 'zh-TW'],
  ['en-US,en;q=0.9,zh-TW;q=0.8', 'en'],
  ['fr-FR, zh-Hant;q=0.5, en;q=0.3', 'zh-TW'],
  ['en;q=0.2, zh;q=0.7', 'zh-TW'],
  ['zh;q=0, en', 'en'],
  ['ja', 'en'],
  ['', 'en'],
  [null, 'en'],
])('%s reads %s', (header, locale) => expect(preferredLocale(header)).toBe(locale))
