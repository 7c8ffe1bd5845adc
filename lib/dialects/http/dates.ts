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

/** Milliseconds of an HTTP date (RFC 9110 §5.6.7, also the obsolete forms), or undefined when it is not one. */
export function parseHttpDate(text: string): number | undefined {
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

/** `Tue, 27 Mar 2007 19:36:42 GMT` */
export function formatHttpDate(ms: number): string {
  return new Date(ms).toUTCString()
}

/** `2007-03-27T19:36:42.000Z`, as XML documents write times. */
export function formatIsoDate(ms: number): string {
  return new Date(ms).toISOString()
}
