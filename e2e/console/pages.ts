import AxeBuilder from '@axe-core/playwright'
import { expect, type BrowserContext, type Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import en from '../../lib/i18n/messages/en.json' with { type: 'json' }
import zhTW from '../../lib/i18n/messages/zh-TW.json' with { type: 'json' }
import { ADMINISTRATOR, type Coffer } from '../coffer.ts'

export type Messages = typeof en
export const LANGUAGES = {
  en: { tag: 'en-US', messages: en },
  'zh-TW': { tag: 'zh-TW', messages: zhTW },
} as const
export type Language = keyof typeof LANGUAGES
export const THEMES = ['light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const SCREENS = join(import.meta.dirname, '..', 'screens')

/** Signs in through the form, in the language of the browser. */
export async function signIn(page: Page, coffer: Coffer, m: Messages): Promise<void> {
  await page.goto(`${coffer.consoleUrl}/sign-in`)
  await page.getByLabel(m.auth.email).fill(ADMINISTRATOR.email)
  await page.getByLabel(m.auth.password, { exact: true }).fill(ADMINISTRATOR.password)
  await page.getByRole('button', { name: m.auth.signIn }).click()
  await expect(page.getByRole('heading', { level: 1, name: m.buckets.title })).toBeVisible()
}

/** Takes over a session, the administrator's unless told otherwise, for tests that are not about signing in. */
export async function carrySession(
  context: BrowserContext,
  coffer: Coffer,
  cookie = coffer.cookie,
): Promise<void> {
  const cookies = cookie.split('; ').map((pair) => {
    const at = pair.indexOf('=')
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: coffer.consoleUrl }
  })
  await context.addCookies(cookies)
}

/** No serious or critical finding of axe on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(
    grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`),
  ).toEqual([])
}

/** Keeps a picture when SCREENS=1 (`npm run screens`); tests leave no file behind otherwise. */
export async function screen(page: Page, name: string, language: Language, theme: Theme): Promise<void> {
  if (process.env['SCREENS'] !== '1') return
  mkdirSync(SCREENS, { recursive: true })
  await page.screenshot({ path: join(SCREENS, `${name}.${language}.${theme}.png`), animations: 'disabled' })
}
