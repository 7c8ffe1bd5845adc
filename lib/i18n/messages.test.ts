import { expect, test } from 'vitest'
import en from './messages/en.json' with { type: 'json' }
import zhTW from './messages/zh-TW.json' with { type: 'json' }

type Tree = { [key: string]: string | Tree }

const english = flat(en)
const chinese = flat(zhTW)

test('both languages have the same messages, in the same order', () => {
  expect([...chinese.keys()]).toEqual([...english.keys()])
})

test.each([...english.keys()])('%s takes the same arguments and tags in both languages', (key) => {
  expect(argumentsOf(chinese.get(key) ?? '')).toEqual(argumentsOf(english.get(key) ?? ''))
})

test.each([...english, ...chinese])('%s: %s says something', (_, message) => {
  expect(message.trim()).not.toBe('')
  // an ASCII apostrophe quotes in ICU messages: write ’
  expect(message).not.toContain("'")
})

function flat(tree: Tree, path = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[path + key, value] as const] : [...flat(value, `${path}${key}.`)],
    ),
  )
}

/** `{name`, `{count, plural` and `<tag>`, each once: plural branches may repeat them, and languages differ in branches. */
function argumentsOf(message: string): string[] {
  const found = message.match(/\{\w+(?:, (?:plural|select|number|date))?(?=[},])|<\w+>/g) ?? []
  return [...new Set(found)].sort()
}
