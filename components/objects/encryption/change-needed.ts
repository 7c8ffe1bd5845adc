import { contextOf, type TargetDraft } from '@/components/encryption/target-draft'
import type { EncryptionProperties } from '@/lib/console/schemas'

/** What saving will do, as far as it can be told from here; the server decides (lib/store/encryption-change.ts). */
export type Effect = 'unchanged' | 'rewrapped' | 'rewritten'

/**
 * Where the cipher stays only the data key is wrapped anew. What looks the same may still be an older version of its key,
 * and whether a customer's key is the same one is not for the browser to tell: then saving is worth it.
 */
export function effectOf(current: EncryptionProperties, draft: TargetDraft, projectKeyId?: string): Effect {
  if (current.mode === 'none') return draft.method === 'none' ? 'unchanged' : 'rewritten'
  if (draft.method === 'none' || current.suite !== draft.suite) return 'rewritten'
  return isSame(current, draft, projectKeyId) ? 'unchanged' : 'rewrapped'
}

/** Fewer than before can be kept from reading it. */
export function weakens(current: EncryptionProperties, draft: TargetDraft): boolean {
  return current.mode !== 'none' && draft.method === 'none'
}

function isSame(
  current: Exclude<EncryptionProperties, { mode: 'none' }>,
  draft: TargetDraft,
  projectKeyId: string | undefined,
): boolean {
  if (current.mode !== draft.method || current.mode === 'customer-key') return false
  if (current.mode === 'service-key') return true
  const { keyId, keyArn, context } = current
  const key = draft.keyRef ?? projectKeyId
  return (key === keyId || key === keyArn) && sameContext(context, contextOf(draft.context) ?? {})
}

function sameContext(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

/** The method that an object has, as something to begin with. */
export function currentDraft(current: EncryptionProperties, projectKeyId?: string): TargetDraft {
  const managed = current.mode === 'managed-key' ? current : undefined
  return {
    method: current.mode,
    suite: current.mode === 'none' ? 'AES256' : current.suite,
    keyRef: managed && managed.keyId !== projectKeyId ? managed.keyId : undefined,
    context: Object.entries(managed?.context ?? {}).map(([name, value]) => ({ name, value })),
  }
}
