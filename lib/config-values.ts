import { existsSync, realpathSync } from 'node:fs'
import { isIP } from 'node:net'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { z } from 'zod'

export function text(fallback: string) {
  return z
    .string()
    .optional()
    .transform((value) => value?.trim() || fallback)
}

export function wholeNumber(fallback: number, smallest: number, largest: number) {
  const error = `must be a whole number from ${smallest} to ${largest}`
  return text(String(fallback))
    .refine((value) => /^\d{1,9}$/.test(value) && Number(value) >= smallest && Number(value) <= largest, {
      error,
    })
    .transform(Number)
}

export function port(fallback: number) {
  return wholeNumber(fallback, 1, 65_535)
}

/** Undefined: none. */
export function optionalPort() {
  return text('')
    .refine(
      (value) => value === '' || (/^\d{1,5}$/.test(value) && Number(value) > 0 && Number(value) <= 65_535),
      {
        error: 'must be a whole number from 1 to 65535, or empty',
      },
    )
    .transform((value) => (value === '' ? undefined : Number(value)))
}

export function origin() {
  return text('').transform((value, context) => {
    if (value === '') return undefined
    const found = URL.canParse(value) ? new URL(value) : undefined
    if (found && /^https?:$/.test(found.protocol) && found.href === `${found.origin}/`) return found.origin
    context.addIssue({
      code: 'custom',
      message: 'must be an address such as https://files.example.org, without a path',
    })
    return z.NEVER
  })
}

export function list(accepts: (entry: string) => boolean, wrong: string) {
  return text('').transform((value, context) => {
    const entries = value.split(',').map((entry) => entry.trim())
    const present = entries.filter((entry) => entry !== '')
    for (const entry of present) {
      if (!accepts(entry)) context.addIssue({ code: 'custom', message: `holds "${entry}", which ${wrong}` })
    }
    return present
  })
}

export function isHostName(value: string): boolean {
  return (
    value.length <= 253 &&
    value.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label))
  )
}

/** `name`, or `name=bucket` */
export function isBindable(value: string): boolean {
  const [name = '', bucket, ...more] = value.split('=')
  return (
    isHostName(name) &&
    (bucket === undefined || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) &&
    more.length === 0
  )
}

/** As browsers write it in the header Origin, or `*` for any. */
export function isOrigin(value: string): boolean {
  return value === '*' || (/^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value)
}

export function isAddressBlock(value: string): boolean {
  const [address = '', bits, ...more] = value.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

/** True when `path` lies in `folder` or is it, also by way of symbolic links. */
export function liesInside(path: string, folder: string): boolean {
  const way = relative(withoutLinks(folder), withoutLinks(path))
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** Resolves symbolic links of the part of `path` that exists: a link into the data folder must not slip through. */
function withoutLinks(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  const parent = dirname(path)
  return parent === path ? path : join(withoutLinks(parent), basename(path))
}
