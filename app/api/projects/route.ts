import { apiRoute, jsonBody } from '@/app/_request/route'
import { requireSignedIn } from '@/app/_request/session'
import { system } from '@/app/_request/system'
import { createProjectSchema } from '@/lib/console/schemas-members'

/** For administrators of this Coffer, who own what they make. */
export const POST = apiRoute(async ({ request, origin }) => {
  const { user } = await requireSignedIn()
  const { name } = await jsonBody(request, createProjectSchema)
  const project = await system().members.createProject(user, name, origin)
  return { projectId: project.projectId, name: project.name }
})
