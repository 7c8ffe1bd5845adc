import { deleteSelection } from '@/app/_request/delete-selection'
import { jsonBody, projectRoute } from '@/app/_request/route'
import { deleteObjectsSchema } from '@/lib/console/schemas'

/** a thousand keys and a thousand folders, however they are escaped */
const SELECTION_BYTES = 16 * 1024 * 1024

/** Deletes keys and everything below folders; each failure is counted, none stops the rest. */
export const POST = projectRoute<{ bucket: string }>(async (api) =>
  deleteSelection(api, await jsonBody(api.request, deleteObjectsSchema, SELECTION_BYTES)),
)
