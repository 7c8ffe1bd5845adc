import { expect, type BrowserContext, type Page } from '@playwright/test'
import axe from 'axe-core'
import en from '../../lib/i18n/messages/en.json' with { type: 'json' }
import zhTW from '../../lib/i18n/messages/zh-TW.json' with { type: 'json' }
import { ADMINISTRATOR, type Coffer } from '../coffer.ts'

export type Messages = typeof en
export const LANGUAGES = {
  en: { tag: 'en-US', messages: en },
  'zh-TW': { tag: 'zh-TW', messages: zhTW },
} as const
export type Language = keyof typeof LANGUAGES

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

/** Leaves the page first: one that is still asking would be told to sign in, and go there in place of what comes next. */
export async function loseSession(page: Page): Promise<void> {
  await page.goto('about:blank')
  await page.context().clearCookies({ name: 'coffer_session' })
}

declare const window: { axe?: typeof axe }

/** Until nothing moves: a colour that is fading in fails any contrast, and a dialog that is closing has no name. */
export async function settle(page: Page): Promise<void> {
  await expect(page.locator('[data-starting-style], [data-ending-style]')).toHaveCount(0)
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      // a spinner never ends
      .filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity)
    await Promise.all(ending.map((animation) => animation.finished.catch(() => undefined)))
  })
}

/**
 * No serious or critical finding of axe on the page as it stands, of all its rules or of those named. axe is put into
 * a page once and run there: @axe-core/playwright loads it three times and opens a second page for each run, for the
 * sake of frames of other origins, which took ten times as long as the rules.
 */
export async function expectAccessible(page: Page, rules?: readonly string[]): Promise<void> {
  await settle(page)
  if (!(await page.evaluate(() => window.axe !== undefined))) await page.evaluate(axe.source)
  const grave = await page.evaluate(async (values) => {
    const { violations } = await window.axe!.run({
      resultTypes: ['violations'],
      ...(values && { runOnly: { type: 'rule', values } }),
    })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  }, rules?.slice())
  expect(grave).toEqual([])
}
