'use client'
import { useQuery } from '@tanstack/react-query'
import { bareAlias } from '@/components/keys/key-title'
import { useProject } from '@/components/shell/me'
import { keyNamesQuery } from '@/lib/console/queries/keys'
import type { ListedKey } from '@/lib/console/schemas-keys'
import { ownRule, SUITE_NAMES, SUITE_OF_SPEC, type OwnRule } from './suites'

export interface OwnKeyChoice {
  value: OwnRule
  label: string
  suite: string
}

/** The project's own keys that can encrypt now, as choices of a picker. Nobody without permission sees any. */
export function useOwnKeyChoices(): OwnKeyChoice[] {
  const { projectId } = useProject()
  const { data } = useQuery(keyNamesQuery(projectId))
  const usable = data?.keys.filter(({ isDefault, state }) => !isDefault && state === 'Enabled') ?? []
  return usable.map((key) => ({
    value: ownRule(SUITE_OF_SPEC[key.spec], key.keyId),
    label: key.aliases[0] ? bareAlias(key.aliases[0]) : key.keyId,
    suite: SUITE_NAMES[SUITE_OF_SPEC[key.spec]],
  }))
}

/** Finds a key by whatever a rule or an object calls it: id, ARN or alias. */
export function useFindKey(): (keyRef: string) => ListedKey | undefined {
  const { projectId } = useProject()
  const { data } = useQuery(keyNamesQuery(projectId))
  return (keyRef) =>
    data?.keys.find(
      ({ keyId, arn, aliases }) =>
        keyId === keyRef ||
        arn === keyRef ||
        aliases.some((alias) => keyRef.endsWith(`:${alias}`) || keyRef === alias),
    )
}
