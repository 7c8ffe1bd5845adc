import { StoreError } from '../errors.ts'
import { authorizedKey, requireOwnKey, requireState } from './key-lookup.ts'
import type { KeyRequest } from './operations.ts'
import { pageOf } from './paging.ts'
import type { SomeUseCases } from './use-case.ts'

/** TagResource (KMS API Reference). */
const MAX_TAGS = 50
const MAX_KEY = 128
const MAX_VALUE = 256

type Tags = Record<string, string>

export const tags: SomeUseCases<'TagResource' | 'UntagResource' | 'ListResourceTags'> = {
  TagResource: async (deps, { keyId, tags: added }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:TagResource')
    scope.trail.note({ tagKeys: added.map((tag) => tag.key).join(',') })
    await deps.directory.change(key.keyId, (current) => {
      requireOwnKey(current.key)
      requireState(current.key, ['Enabled', 'Disabled', 'PendingImport'], deps.now())
      return { set: { tags: withTags(current.key.tags, added) } }
    })
  },
  UntagResource: async (deps, { keyId, tagKeys }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:UntagResource')
    scope.trail.note({ tagKeys: tagKeys.join(',') })
    await deps.directory.change(key.keyId, (current) => {
      requireOwnKey(current.key)
      requireState(current.key, ['Enabled', 'Disabled', 'PendingImport'], deps.now())
      const kept = Object.entries(current.key.tags).filter(([name]) => !tagKeys.includes(name))
      return { set: { tags: Object.fromEntries(kept) } }
    })
  },
  ListResourceTags: async (deps, { keyId, ...page }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:ListResourceTags')
    const all = Object.entries(key.tags).map(([name, value]) => ({ key: name, value }))
    return pageOf(all, (tag) => tag.key, page)
  },
}

/** @throws StoreError InvalidTag | LimitExceeded */
export function withTags(tags: Tags, added: KeyRequest<'TagResource'>['tags']): Tags {
  // Through a Map: a tag named __proto__ is a tag.
  const all = new Map(Object.entries(tags))
  for (const { key, value } of added) {
    if (!isTag(key, value))
      throw new StoreError('InvalidTag', 'A tag key has 1 to 128 characters and a value at most 256', {
        tagKey: key.slice(0, MAX_KEY),
      })
    all.set(key, value)
  }
  if (new Set(added.map(({ key }) => key)).size < added.length)
    throw new StoreError('InvalidTag', 'A tag key is given twice')
  if (all.size > MAX_TAGS) throw new StoreError('LimitExceeded', `A key has at most ${MAX_TAGS} tags`)
  return Object.fromEntries(all)
}

function isTag(key: string, value: string): boolean {
  const wellFormed = key.isWellFormed() && value.isWellFormed()
  return (
    wellFormed &&
    key.length >= 1 &&
    key.length <= MAX_KEY &&
    value.length <= MAX_VALUE &&
    !key.startsWith('aws:')
  )
}
