import { request } from './client.ts'
import { projectEndpoints } from './paths.ts'
import { emptySchema } from './schemas.ts'
import * as s from './schemas-keys.ts'

/** The key service within one project. Every call throws ApiError. */
export function keysClient(project: string) {
  const api = projectEndpoints(project)
  return {
    list: (signal?: AbortSignal) => request(s.keyListSchema, 'GET', api.keys(), { signal }),
    /** what is needed to choose one */
    names: (signal?: AbortSignal) => request(s.keyListSchema, 'GET', api.keys({ names: 1 }), { signal }),
    create: (body: s.CreateKey) => request(s.managedKeySchema, 'POST', api.keys(), { body }),
    get: (keyId: string, signal?: AbortSignal) =>
      request(s.keyDetailSchema, 'GET', api.key(keyId), { signal }),
    change: (keyId: string, body: s.ChangeKey) => request(emptySchema, 'PATCH', api.key(keyId), { body }),

    changeRotation: (keyId: string, body: s.ChangeRotation) =>
      request(emptySchema, 'PUT', api.key(keyId, 'rotation'), { body }),
    rotateNow: (keyId: string) => request(emptySchema, 'POST', api.key(keyId, 'rotation')),

    addAlias: (keyId: string, alias: string) =>
      request(emptySchema, 'POST', api.key(keyId, 'aliases'), { body: { alias } }),
    removeAlias: (keyId: string, alias: string) =>
      request(emptySchema, 'DELETE', api.key(keyId, 'aliases', { alias })),
    putTags: (keyId: string, tags: s.KeyTag[]) =>
      request(emptySchema, 'PUT', api.key(keyId, 'tags'), { body: { tags } }),

    scheduleDeletion: (keyId: string, body: s.ScheduleDeletion) =>
      request(s.scheduledDeletionSchema, 'POST', api.key(keyId, 'deletion'), { body }),
    cancelDeletion: (keyId: string) => request(emptySchema, 'DELETE', api.key(keyId, 'deletion')),

    importParameters: (keyId: string, wrappingKeySpec: s.WrappingKeySpec) =>
      request(s.importParametersSchema, 'GET', api.key(keyId, 'import', { wrappingKeySpec })),
    importMaterial: (keyId: string, body: s.ImportMaterial) =>
      request(emptySchema, 'POST', api.key(keyId, 'import'), { body }),
    deleteMaterial: (keyId: string) => request(emptySchema, 'DELETE', api.key(keyId, 'import')),

    access: (keyId: string, signal?: AbortSignal) =>
      request(s.keyAccessSchema, 'GET', api.key(keyId, 'access'), { signal }),
    usage: (keyId: string, signal?: AbortSignal) =>
      request(s.keyUsageSchema, 'GET', api.key(keyId, 'usage'), { signal }),
    getPolicy: (keyId: string, signal?: AbortSignal) =>
      request(s.keyPolicySchema, 'GET', api.key(keyId, 'policy'), { signal }),
    putPolicy: (keyId: string, body: s.PutKeyPolicy) =>
      request(emptySchema, 'PUT', api.key(keyId, 'policy'), { body }),
    listGrants: (keyId: string, signal?: AbortSignal) =>
      request(s.grantListSchema, 'GET', api.key(keyId, 'grants'), { signal }),
    createGrant: (keyId: string, body: s.CreateGrant) =>
      request(emptySchema, 'POST', api.key(keyId, 'grants'), { body }),
    revokeGrant: (keyId: string, grantId: string) =>
      request(emptySchema, 'DELETE', api.key(keyId, 'grants', { grantId })),
  }
}
export type KeysClient = ReturnType<typeof keysClient>
