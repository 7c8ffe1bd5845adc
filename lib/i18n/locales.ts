/** The languages of the console; each has its file in `messages/`. */
export const LOCALES = ['zh-TW', 'en'] as const
export type Locale = (typeof LOCALES)[number]

export const LOCALE_NAMES: Record<Locale, string> = { 'zh-TW': '繁體中文', en: 'English' }
export const LOCALE_COOKIE = 'locale'

export function isLocale(value: unknown): value is Locale {
  return LOCALES.includes(value as Locale)
}

/** The language a reader of `Accept-Language` likes best among ours; English when none fits (RFC 9110 §12.5.4). */
export function preferredLocale(acceptLanguage: string | null | undefined): Locale {
  const ranges = (acceptLanguage ?? '').split(',').map((part) => {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
    const q = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean)
    return { language: tag.split('-')[0], weight: q === undefined ? 1 : Number(q) }
  })
  const liked = ranges.filter((range) => range.weight > 0).sort((a, b) => b.weight - a.weight)
  const best = liked.find(({ language }) => language === 'zh' || language === 'en')
  return best?.language === 'zh' ? 'zh-TW' : 'en'
}
