'use client'
import { useFormatter } from 'next-intl'

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** Sizes for reading: three significant digits in binary units (IEC 80000-13). */
export function useBytes(): (bytes: number) => string {
  const format = useFormatter()
  return (bytes) => {
    const step = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
    const number = format.number(bytes / 1024 ** step, { maximumSignificantDigits: bytes < 1024 ? 4 : 3 })
    return `${number} ${UNITS[step]}`
  }
}
