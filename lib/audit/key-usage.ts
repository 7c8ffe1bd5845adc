import type { CountedUse } from './audit-repository.ts'
import { DAY_MS, dayOf } from './metering.ts'

/** Complete days that the forecast looks back on: four whole weeks, so that weekends count as they do in a month. */
const FORECAST_DAYS = 28

export interface Calls {
  calls: number
  /** of these, refused */
  denied: number
}

export interface KeyUsage {
  /** every day asked for, oldest first, also those without a call; days since 1970-01-01 UTC */
  days: (Calls & { day: number })[]
  /** most first */
  members: (Calls & { userId: string; name: string | undefined })[]
  actions: (Calls & { action: string })[]
  /** of the calendar month (UTC) */
  month: { calls: number; expected: number }
}

/** The first day whose counts `keyUsage` needs. */
export function firstDayNeeded(now: number, days: number): number {
  const today = dayOf(now)
  return Math.min(today - days + 1, today - FORECAST_DAYS, monthOf(now).first)
}

/** Sums of one key's calls. `days` days that end today. */
export function keyUsage(uses: readonly CountedUse[], now: number, days: number): KeyUsage {
  const today = dayOf(now)
  const first = today - days + 1
  const shown = uses.filter(({ day }) => day >= first)
  const byDay = new Map(sums(shown, ({ day }) => day))
  const names = new Map(shown.map(({ userId, userName }) => [userId, userName]))
  return {
    days: Array.from({ length: days }, (_, i) => ({ day: first + i, ...(byDay.get(first + i) ?? NONE) })),
    members: mostFirst(sums(shown, ({ userId }) => userId)).map(([userId, calls]) => ({
      userId,
      name: names.get(userId),
      ...calls,
    })),
    actions: mostFirst(sums(shown, ({ action }) => action)).map(([action, calls]) => ({ action, ...calls })),
    month: forecast(uses, now),
  }
}

const NONE: Calls = { calls: 0, denied: 0 }

/**
 * Calls of the month so far, and at its end if the rest goes on at the mean of the last 28 complete days, or of those
 * since the first call when it is younger. Before the first complete day nothing more is expected: nobody knows.
 */
function forecast(uses: readonly CountedUse[], now: number): KeyUsage['month'] {
  const today = dayOf(now)
  const { first, end } = monthOf(now)
  const calls = total(uses.filter(({ day }) => day >= first && day <= today))
  const firstUse = uses.reduce((earliest, { day }) => Math.min(earliest, day), today)
  const since = Math.max(firstUse, today - FORECAST_DAYS)
  if (since === today) return { calls, expected: calls }
  const perDay = total(uses.filter(({ day }) => day >= since && day < today)) / (today - since)
  const remainingDays = end - now / DAY_MS
  return { calls, expected: Math.round(calls + perDay * remainingDays) }
}

/** Days since 1970-01-01 UTC: the first of the month, and the first of the next. */
function monthOf(now: number): { first: number; end: number } {
  const date = new Date(now)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return { first: dayOf(Date.UTC(year, month, 1)), end: dayOf(Date.UTC(year, month + 1, 1)) }
}

function sums<K>(uses: readonly CountedUse[], by: (use: CountedUse) => K): [K, Calls][] {
  const groups = new Map<K, Calls>()
  for (const use of uses) {
    const { calls, denied } = groups.get(by(use)) ?? NONE
    groups.set(by(use), { calls: calls + use.calls, denied: denied + use.denied })
  }
  return [...groups]
}

function mostFirst<K>(groups: [K, Calls][]): [K, Calls][] {
  return groups.toSorted(([, a], [, b]) => b.calls - a.calls)
}

function total(uses: readonly CountedUse[]): number {
  return uses.reduce((sum, { calls }) => sum + calls, 0)
}
