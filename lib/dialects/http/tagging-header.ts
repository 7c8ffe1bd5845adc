import { StoreError } from '../../errors.ts'
import type { Tags } from '../../store/model.ts'
import { decodePercent } from './percent.ts'

/** `x-amz-tagging: a=1&b=2` and its cousins, URL-encoded. @throws StoreError InvalidTag | InvalidUri */
export function readTaggingHeader(header: string | undefined): Tags {
  if (header === undefined || header === '') return {}
  const decode = (text: string): string => decodePercent(text.replaceAll('+', ' '))
  const pairs = header.split('&').filter((pair) => pair !== '')
  return uniqueTags(
    pairs.map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
    }),
  )
}

/** Tags as the store takes them; a repeated key would vanish on the way. @throws StoreError InvalidTag */
export function uniqueTags(pairs: readonly (readonly [key: string, value: string])[]): Tags {
  const tags = Object.fromEntries(pairs)
  if (Object.keys(tags).length < pairs.length)
    throw new StoreError('InvalidTag', 'Cannot provide multiple Tags with the same key')
  return tags
}
