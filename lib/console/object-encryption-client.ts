import { failureOf, request } from './client.ts'
import { projectEndpoints } from './paths.ts'
import { objectInfoSchema, type ObjectAt } from './schemas.ts'
import {
  modifiedEncryptionSchema,
  type CustomerKeyJson,
  type ModifyEncryptionJson,
} from './schemas-modify-encryption.ts'

/** Encryption of single objects, and objects under customers' keys. Every call throws ApiError. */
export function objectEncryptionClient(project: string) {
  const api = projectEndpoints(project)
  return {
    modifyEncryption: (bucket: string, body: ModifyEncryptionJson) =>
      request(modifiedEncryptionSchema, 'POST', api.modifyEncryption(bucket), { body }),
    getObjectWithKey: (bucket: string, at: ObjectAt, customerKey: CustomerKeyJson) =>
      request(objectInfoSchema, 'POST', api.objectWithKey(bucket), { body: { ...at, customerKey } }),
    /** Throws where the download itself could only break off. */
    checkDownloadWithKey: async (bucket: string, at: ObjectAt, customerKey: CustomerKeyJson) => {
      const body = new URLSearchParams({ ...downloadFields(at, customerKey), check: '1' })
      const response = await fetch(api.downloadWithKey(bucket), { method: 'POST', body })
      if (!response.ok) throw failureOf(await response.json().catch(() => undefined), response.status)
    },
    downloadWithKeyUrl: (bucket: string) => api.downloadWithKey(bucket),
  }
}

/** What the form of a download says. */
export function downloadFields(
  { key, versionId }: ObjectAt,
  customerKey: CustomerKeyJson,
): Record<string, string> {
  const version = versionId !== undefined && { versionId }
  return { key, ...version, suite: customerKey.suite, customerKey: customerKey.key }
}
