'use client'
import { useTranslations } from 'next-intl'
import type { ManagedKey } from '@/lib/console/schemas-keys'

const PREFIX = 'alias/'

export function bareAlias(alias: string): string {
  return alias.startsWith(PREFIX) ? alias.slice(PREFIX.length) : alias
}

/** What a key is called: its alias, its role when it is the project's own, else the first digits of its id. */
export function useKeyTitle(): (key: Pick<ManagedKey, 'keyId' | 'aliases' | 'isDefault'>) => string {
  const t = useTranslations('keys')
  return ({ keyId, aliases, isDefault }) => {
    if (isDefault) return t('defaultKey')
    return aliases[0] === undefined ? `${keyId.slice(0, 8)}…` : bareAlias(aliases[0])
  }
}

/** What must be typed to destroy what hangs on the key: an alias, or the id where there is none. */
export function confirmationOf({ keyId, aliases }: Pick<ManagedKey, 'keyId' | 'aliases'>): string {
  return aliases[0] ?? keyId
}
