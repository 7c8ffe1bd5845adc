import type { AuditFilter } from '@/lib/console/schemas-audit'

export const PERIODS = ['hour', 'day', 'week', 'month', 'all', 'range'] as const
export type Period = (typeof PERIODS)[number]

const LENGTHS: Record<Exclude<Period, 'all' | 'range'>, number> = {
  hour: 3_600_000,
  day: 24 * 3_600_000,
  week: 7 * 24 * 3_600_000,
  month: 30 * 24 * 3_600_000,
}

/** What stands in the form of the page; an empty field asks nothing. */
export interface AuditSearch {
  period: Period
  /** `YYYY-MM-DD` in the reader's zone, both included; for `range` */
  fromDay: string
  toDay: string
  action: string
  userId: string
  accessKeyId: string
  keyId: string
  object: string
  result: 'all' | 'success' | 'refused'
}

export const NO_SEARCH: AuditSearch = {
  period: 'week',
  fromDay: '',
  toDay: '',
  action: '',
  userId: '',
  accessKeyId: '',
  keyId: '',
  object: '',
  result: 'all',
}

/** The form as the API asks it; `now` in ms since the epoch. `bucket/key` names an object, `bucket` all in it. */
export function filterOf(search: AuditSearch, now: number): AuditFilter {
  const { action, userId, accessKeyId, keyId, object, result } = search
  const [bucket = '', ...rest] = object
    .trim()
    .replace(/^s3:\/\//, '')
    .split('/')
  return given({
    ...timesOf(search, now),
    action: action.trim(),
    userId,
    accessKeyId: accessKeyId.trim(),
    keyId,
    bucket,
    objectKey: rest.join('/'),
    result,
  })
}

/** How many fields besides the period ask for something. */
export function fieldsInUse({ action, userId, accessKeyId, keyId, object, result }: AuditSearch): number {
  return [action, userId, accessKeyId, keyId, object, result === 'all' ? '' : result].filter(Boolean).length
}

function timesOf({ period, fromDay, toDay }: AuditSearch, now: number): Pick<AuditFilter, 'from' | 'to'> {
  if (period === 'all') return {}
  // To the minute, so that the same question asked twice is one question.
  if (period !== 'range') return { from: Math.floor((now - LENGTHS[period]) / 60_000) * 60_000 }
  const [from, to] = [dayStart(fromDay, 0), dayStart(toDay, 1)]
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
}

/** Midnight at which a day begins in the reader's zone, or a day `later`. */
function dayStart(day: string, later: number): number | undefined {
  const [year, month, date] = day.split('-').map(Number)
  if (!year || !month || !date) return undefined
  return new Date(year, month - 1, date + later).getTime()
}

function given(filter: AuditFilter): AuditFilter {
  return Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== '' && value !== undefined && value !== 'all'),
  )
}
