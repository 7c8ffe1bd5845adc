'use client'
import { useQuery } from '@tanstack/react-query'
import { useProject } from '@/components/shell/me'
import { useRefusalWords } from '@/components/shell/refusal-text'
import { KEY_ACTIONS, type AskedAction, type KeyAction } from '@/lib/console/key-actions'
import { keyAccessQuery } from '@/lib/console/queries/keys'

/**
 * Why the reader may not do something with the key, before he tries: which layer refuses, by which rule. Undefined
 * when he may, and while nobody knows; the key service decides anyway.
 */
export function useRefusal(keyId: string): (action: KeyAction) => string | undefined {
  const may = useMay(keyId)
  return (action) => may(KEY_ACTIONS[action])
}

/** The same by IAM's name. */
export function useMay(keyId: string): (action: AskedAction) => string | undefined {
  const { projectId } = useProject()
  const { data } = useQuery(keyAccessQuery(projectId, keyId))
  const words = useRefusalWords()
  return (action) => {
    const decision = data?.you[action]
    if (!decision || decision.allowed) return undefined
    return words({ layer: decision.layer, rule: decision.rule, action }).why
  }
}
