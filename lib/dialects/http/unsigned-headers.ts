import { StoreError } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'

/**
 * What nobody signed may not ask for anything that only a signature makes somebody's word: tags, ACLs, locks, the source of a
 * copy. What is harmless is named, so that a header which a vendor adds one day is refused, not passed over.
 * @param names the vendor's own headers (or form fields) of the request, lower-case
 * @throws StoreError AccessDenied
 */
export function refuseUnsignedHeaders(caller: Caller, names: Iterable<string>, harmless: RegExp): void {
  if (caller.kind !== 'anonymous') return
  for (const name of names) if (!harmless.test(name)) throw new StoreError('AccessDenied', 'Access Denied')
}
