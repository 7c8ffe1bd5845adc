import { StoreError } from '../../errors.ts'
import type { Caller } from '../../store/model.ts'
import type { Query } from './query.ts'
import { isHeaderSafe, textToHeader } from './text.ts'

/** Parameters of a signed URL that replace headers of the answer; all three families know the same. */
const OVERRIDES: ReadonlyMap<string, string> = new Map([
  ['response-content-type', 'content-type'],
  ['response-content-language', 'content-language'],
  ['response-expires', 'expires'],
  ['response-cache-control', 'cache-control'],
  ['response-content-disposition', 'content-disposition'],
  ['response-content-encoding', 'content-encoding'],
])

/**
 * Only for signed requests: otherwise anybody could make a link that serves an object as another type
 * (S3 API reference, GetObject; Aliyun, "GetObject"; Tencent, document 436/7753).
 * @throws StoreError InvalidRequest | InvalidArgument (control characters, which would split the answer)
 */
export function responseOverrides({
  query,
  caller,
}: {
  query: Query
  caller: Caller
}): Record<string, string> {
  const overrides: Record<string, string> = {}
  for (const { name, value } of query.parameters) {
    const header = OVERRIDES.get(name)
    if (header === undefined) continue
    if (caller.kind === 'anonymous')
      throw new StoreError(
        'InvalidRequest',
        'Request specific response headers cannot be used for anonymous GET requests.',
      )
    if (!isHeaderSafe(value))
      throw new StoreError('InvalidArgument', 'Header value cannot be represented.', { argument: name })
    overrides[header] = textToHeader(value)
  }
  return overrides
}
