const ISO_BASIC = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/

/** Milliseconds of an ISO 8601 basic time (`20130524T000000Z`), or undefined when it is not one. */
export function parseIsoBasic(text: string): number | undefined {
  const match = ISO_BASIC.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second] = match
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(ms) ? undefined : ms
}

/** `20130524T000000Z` */
export function formatIsoBasic(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

const TIME = String.raw`(?<time>\d{2}:\d{2}:\d{2})`
/** `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994` */
const HTTP_DATES = [
  String.raw`^[a-z]{3,9},? (?<day>\d{1,2})[ -](?<month>[a-z]{3})[ -](?<year>\d{4}|\d{2}) ${TIME}(?: (?<zone>GMT|UTC|Z|[+-]\d{4}))?$`,
  String.raw`^[a-z]{3,9} (?<month>[a-z]{3}) {1,2}(?<day>\d{1,2}) ${TIME} (?<year>\d{4})$`,
].map((form) => new RegExp(form, 'i'))
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * Milliseconds of an HTTP date (RFC 9110 §5.6.7, also the obsolete forms), or undefined when it is not one. All of them are
 * GMT, unless they name another zone, as s3cmd does.
 */
export function parseHttpDate(text: string, now = Date.now()): number | undefined {
  const found = HTTP_DATES.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined)
  if (found === undefined) return undefined
  const { day = '', month = '', year = '', time = '', zone = 'Z' } = found
  const number = MONTHS.indexOf(month.toLowerCase()) + 1
  const date = `${fullYear(year, now)}-${twoDigits(number)}-${twoDigits(day)}`
  const ms = Date.parse(`${date}T${time}${/^[+-]/.test(zone) ? zone : 'Z'}`)
  return Number.isNaN(ms) ? undefined : ms
}

/** Two digits mean the year that is at most 50 years ahead (RFC 9110 §5.6.7). */
function fullYear(year: string, now: number): string {
  if (year.length === 4) return year
  const latest = new Date(now).getUTCFullYear() + 50
  return String(latest - ((latest - Number(year)) % 100))
}

function twoDigits(number: string | number): string {
  return String(number).padStart(2, '0')
}

/** `Tue, 27 Mar 2007 19:36:42 GMT` */
export function formatHttpDate(ms: number): string {
  return new Date(ms).toUTCString()
}

/** `2007-03-27T19:36:42.000Z`, as XML documents write times. */
export function formatIsoDate(ms: number): string {
  return new Date(ms).toISOString()
}
