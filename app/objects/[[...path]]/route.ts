import { rawRequest } from '@/app/_request/raw-request'
import { respond } from '@/app/_request/respond'
import { system } from '@/app/_request/system'

/**
 * The object, bucket and key APIs under the console's port: every verb is `serve(request)`. For whatever
 * Next's router lets through unchanged; clients with nasty keys use the object port, where a request is seen
 * as it was sent (ARCHITECTURE.md, "Two doors").
 */
async function handle(request: Request): Promise<Response> {
  return respond(request, await system().serve(rawRequest(request, '/objects')))
}

export { handle as GET, handle as HEAD, handle as PUT, handle as POST, handle as DELETE }

export const dynamic = 'force-dynamic'
