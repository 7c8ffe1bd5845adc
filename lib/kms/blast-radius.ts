import { isStoreError } from '../errors.ts'
import type { KeyEntry } from '../keys/key-directory.ts'
import { authorizedKey } from './key-lookup.ts'
import type { BlastRadius } from './operations.ts'
import type { KeyServiceDeps, SomeUseCases } from './use-case.ts'

export const blastRadius: SomeUseCases<'GetBlastRadius'> = {
  GetBlastRadius: async (deps, { keyId }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:GetBlastRadius')
    const { buckets, ...counts } = await deps.dependents.ofKey(key.keyId)
    const naming = await bucketsNaming(deps, key)
    const holding: BlastRadius['buckets'] = buckets.map((each) => ({
      ...each,
      namedByRule: naming.delete(each.bucket),
    }))
    const empty = [...naming].map((bucket) => ({ bucket, objects: 0, bytes: 0, namedByRule: true }))
    return { ...counts, buckets: [...holding, ...empty] }
  },
}

/** Buckets whose default encryption means this key, by whichever of its names. */
async function bucketsNaming(deps: KeyServiceDeps, key: KeyEntry): Promise<Set<string>> {
  const rules = await deps.dependents.bucketRules(key.projectId)
  const refs = [...new Set(rules.map(({ keyRef }) => keyRef))]
  const meant = await Promise.all(refs.map(async (ref) => [ref, await keyIdOf(deps, key, ref)] as const))
  const byRef = new Map(meant)
  const naming = rules.filter(({ keyRef }) => byRef.get(keyRef) === key.keyId)
  return new Set(naming.map(({ bucket }) => bucket))
}

/** undefined: a name that is no key's (any more) */
async function keyIdOf(
  { names }: KeyServiceDeps,
  { projectId }: KeyEntry,
  keyRef: string | undefined,
): Promise<string | undefined> {
  try {
    return (await names.find(projectId, keyRef)).keyId
  } catch (error) {
    if (isStoreError(error)) return undefined
    throw error
  }
}
