import type { Deleted, DeleteObjects } from '@/lib/console/schemas'
import type { ProjectRequest } from './route'

const BATCH = 1000
const NAMED_FAILURES = 100

/** Deletes a selection batch by batch, and says exactly what was deleted and what was not. */
export async function deleteSelection(
  api: ProjectRequest<{ bucket: string }>,
  selection: DeleteObjects,
): Promise<Deleted> {
  const result: Deleted = { deleted: 0, failed: [], failures: 0 }
  await deleteBatch(api, selection.keys, result)
  for (const folder of selection.folders) await deleteFolder(api, folder, result)
  return result
}

/** `after` moves past what could not be deleted, so that a stubborn object does not keep us here for ever. */
async function deleteFolder(
  api: ProjectRequest<{ bucket: string }>,
  prefix: string,
  result: Deleted,
): Promise<void> {
  let after: string | undefined = ''
  while (after !== undefined && !api.request.signal.aborted) {
    const { objects, next } = await listBatch(api, prefix, after)
    await deleteBatch(
      api,
      objects.map(({ key }) => key),
      result,
    )
    after = next
  }
}

function listBatch({ run, params }: ProjectRequest<{ bucket: string }>, prefix: string, after: string) {
  return run({ name: 'ListObjects', bucket: params.bucket, prefix, delimiter: '', after, limit: BATCH })
}

async function deleteBatch(
  { run, params }: ProjectRequest<{ bucket: string }>,
  keys: string[],
  result: Deleted,
): Promise<void> {
  if (keys.length === 0) return
  const objects = keys.map((key) => ({ key }))
  const { deleted, failed } = await run({
    name: 'DeleteObjects',
    bucket: params.bucket,
    objects,
    quiet: false,
  })
  result.deleted += deleted.length
  result.failures += failed.length
  for (const { key, error } of failed.slice(0, NAMED_FAILURES - result.failed.length)) {
    result.failed.push({ key, code: codeOf(error) })
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'InternalError'
}
