import { expect, type Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '../fixtures.ts'
import { expectAccessible, LANGUAGES, settle, type Language, type Messages } from './pages.ts'

const THEMES = ['light', 'dark'] as const

/** The rules of axe that a theme can break: the elements, their names and their order are the same in both. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block']

const SCREENS = join(import.meta.dirname, '..', 'screens')

/** Checks the page as it stands in both themes, and keeps pictures of it under `name` when that is asked for. */
export type Look = (page: Page, name: string) => Promise<void>

/** One test for each language, in a browser that prefers it. */
export function inEachLanguage(
  title: string,
  body: (language: Language, messages: Messages, look: Look) => void,
): void {
  for (const language of Object.keys(LANGUAGES) as Language[])
    test.describe(`${title}, ${language}`, () => {
      test.use({ locale: LANGUAGES[language].tag })
      body(language, LANGUAGES[language].messages, (page, name) => look(page, name, language))
    })
}

async function look(page: Page, name: string, language: Language): Promise<void> {
  await loaded(page)
  for (const theme of THEMES) {
    // The console follows the system until somebody chooses: no second load is needed.
    await page.emulateMedia({ colorScheme: theme })
    await expect(page.locator('html')).toHaveClass(new RegExp(`\\b${theme}\\b`))
    await settle(page)
    await keepScreen(page, `${name}.${language}.${theme}`)
    await expectAccessible(page, theme === 'light' ? undefined : RULES_OF_COLOUR)
  }
  await expectNoOverflow(page)
}

/** Until everything is there that was asked for: the rows that skeletons stand for, and fonts. */
export async function loaded(page: Page): Promise<void> {
  await page.waitForLoadState('load')
  await expect(page.locator('[aria-busy=true], .animate-shimmer')).toHaveCount(0)
  await page.evaluate(async () => {
    await document.fonts.ready
  })
}

/** Wide content scrolls in a frame of its own, never the page. */
async function expectNoOverflow(page: Page): Promise<void> {
  const tooWide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('main')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ tagName, scrollWidth, clientWidth }) => `${tagName}: ${scrollWidth} px in ${clientWidth}`),
  )
  expect(tooWide).toEqual([])
}

/** Keeps a picture when SCREENS=1; tests leave no file behind otherwise. */
async function keepScreen(page: Page, name: string): Promise<void> {
  if (process.env['SCREENS'] !== '1') return
  mkdirSync(SCREENS, { recursive: true })
  await page.screenshot({ path: join(SCREENS, `${name}.png`), animations: 'disabled' })
}
