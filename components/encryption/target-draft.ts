import type { Suite } from '@/lib/console/schemas'
import type { JobTarget } from '@/lib/console/schemas-jobs'

/** What an existing object can be changed to; `newest-version` keeps its method and only moves its data key. */
export type TargetMethod = 'none' | 'service-key' | 'managed-key' | 'customer-key' | 'newest-version'

export interface ContextPair {
  name: string
  value: string
}

/** A target while it is being chosen. A customer's key itself is never part of it: its owner keeps it. */
export interface TargetDraft {
  method: TargetMethod
  suite: Suite
  /** of managed-key: a key of the project's own; undefined: its default one */
  keyRef: string | undefined
  /** of managed-key */
  context: ContextPair[]
}

/** What most want: the project's key. */
export const USUAL_TARGET: TargetDraft = {
  method: 'managed-key',
  suite: 'AES256',
  keyRef: undefined,
  context: [],
}

/** Each name once, and none empty beside a value (an encryption context is a map of strings). */
export function isContextSound(context: readonly ContextPair[]): boolean {
  const names = filled(context).map(({ name }) => name)
  return names.every((name) => name !== '') && new Set(names).size === names.length
}

/** The context as the API takes it; undefined where there is none. */
export function contextOf(context: readonly ContextPair[]): Record<string, string> | undefined {
  const pairs = filled(context)
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs.map(({ name, value }) => [name, value]))
}

/** A draft as a job's target. @throws for a customer's key, which no job can have */
export function jobTargetOf({ method, suite, keyRef, context }: TargetDraft): JobTarget {
  switch (method) {
    case 'none':
    case 'newest-version':
      return { kind: method }
    case 'service-key':
      return { kind: method, suite }
    case 'managed-key': {
      const pairs = contextOf(context)
      return { kind: method, suite, ...(keyRef && { keyRef }), ...(pairs && { context: pairs }) }
    }
    case 'customer-key':
      throw new Error('a customer key is given with one request and never stored, so no job can have one')
  }
}

/** The inverse of `jobTargetOf`, to begin with a target that something else proposes. */
export function draftOf(target: JobTarget): TargetDraft {
  return {
    ...USUAL_TARGET,
    method: target.kind,
    ...('suite' in target && { suite: target.suite }),
    ...(target.kind === 'managed-key' && {
      keyRef: target.keyRef,
      context: Object.entries(target.context ?? {}).map(([name, value]) => ({ name, value })),
    }),
  }
}

function filled(context: readonly ContextPair[]): readonly ContextPair[] {
  return context.filter(({ name, value }) => name !== '' || value !== '')
}
