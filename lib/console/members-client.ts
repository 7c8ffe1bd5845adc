import { request } from './client.ts'
import { endpoints, projectEndpoints } from './paths.ts'
import { emptySchema } from './schemas.ts'
import * as s from './schemas-members.ts'

/** What each role may do. @throws ApiError */
export const getRoles = (signal?: AbortSignal) =>
  request(s.roleTableSchema, 'GET', endpoints.roles(), { signal })

/** Signs in a new user. @throws ApiError InvalidCredentials when the link was used, is unknown or has expired */
export const acceptInvitation = (body: s.AcceptInvitation) =>
  request(s.acceptedSchema, 'POST', endpoints.invitation(), { body })

/** For administrators of this Coffer. @throws ApiError */
export const createProject = (body: s.CreateProject) =>
  request(s.createdProjectSchema, 'POST', endpoints.projects(), { body })

/** The members of one project. Every call throws ApiError. */
export function membersClient(project: string) {
  const api = projectEndpoints(project)
  return {
    list: (signal?: AbortSignal) => request(s.memberListSchema, 'GET', api.members(), { signal }),
    change: (userId: string, body: s.ChangeMember) =>
      request(emptySchema, 'PATCH', api.member(userId), { body }),
    remove: (userId: string) => request(emptySchema, 'DELETE', api.member(userId)),
    invite: (body: s.Invite) => request(s.createdInvitationSchema, 'POST', api.invitations(), { body }),
    revokeInvitation: (invitationId: string) => request(emptySchema, 'DELETE', api.invitation(invitationId)),
  }
}
