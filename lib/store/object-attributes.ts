import type { StoreDeps } from './deps.ts'
import { answeredVersion } from './find-version.ts'
import type { Caller } from './model.ts'
import type { GetObjectAttributes, RequestContext, Results } from './operations.ts'
import { infoOf, openObject } from './read-object.ts'

export async function getObjectAttributes(
  deps: StoreDeps,
  operation: GetObjectAttributes,
  caller: Caller,
  context: RequestContext,
): Promise<Results['GetObjectAttributes']> {
  const opened = await openObject(deps, { ...operation, conditions: {} }, { caller, context }, 'attributes')
  const { row, seal, disclosed } = opened
  const rows = row.multipart
    ? await deps.catalog.listParts(row.objectId, operation.partsAfter, operation.maxParts + 1)
    : []
  const parts = rows.slice(0, operation.maxParts).map((part) => {
    seal.verifyPart(part)
    return {
      number: part.number,
      size: part.size,
      checksums: disclosed ? seal.openChecksums(part.checksums) : [],
    }
  })
  return {
    object: await infoOf(deps, opened),
    parts,
    truncated: rows.length > operation.maxParts,
    ...answeredVersion(opened.bucket, (opened.link ?? row).versionId),
  }
}
