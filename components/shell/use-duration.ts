'use client'
import { useFormatter } from 'next-intl'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long something takes, in the two largest units that matter; `seconds` is rounded up. */
export function useDuration(): (seconds: number) => string {
  const format = useFormatter()
  const unit = (value: number, name: 'day' | 'hour' | 'minute' | 'second') =>
    format.number(value, { style: 'unit', unit: name, unitDisplay: 'long' })
  return (exact) => {
    const seconds = Math.max(1, Math.ceil(exact))
    if (seconds < MINUTE) return unit(seconds, 'second')
    const minutes = Math.ceil(seconds / MINUTE)
    if (seconds < HOUR && minutes < 60) return unit(minutes, 'minute')
    if (seconds < DAY)
      return pair(unit(Math.floor(minutes / 60), 'hour'), minutes % 60, (n) => unit(n, 'minute'))
    const hours = Math.ceil(seconds / HOUR)
    return pair(unit(Math.floor(hours / 24), 'day'), hours % 24, (n) => unit(n, 'hour'))
  }
}

function pair(large: string, small: number, words: (value: number) => string): string {
  return small === 0 ? large : `${large} ${words(small)}`
}
