import type { HttpRequest } from '../http/request.ts'

/** Sub-resources that COS knows (document 436, "Operation list"). */
const SUBRESOURCES: ReadonlySet<string> = new Set([
  'accelerate',
  'acl',
  'append',
  'asyncprocess',
  'cors',
  'delete',
  'domain',
  'domaincertificate',
  'encryption',
  'intelligenttiering',
  // ours (kms-rules.ts)
  'kms-authorization',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'notification',
  'object-lock',
  'object_lock',
  'objectlock',
  'origin',
  'policy',
  'referer',
  'rename',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'symlink',
  'tagging',
  'torrent',
  'uploads',
  'uploadId',
  'versioning',
  'versions',
  'website',
])

/** Parameters that qualify an operation instead of choosing one. */
const QUALIFIERS: ReadonlySet<string> = new Set([
  'prefix',
  'delimiter',
  'marker',
  'max-keys',
  'encoding-type',
  'key-marker',
  'version-id-marker',
  'upload-id-marker',
  'max-uploads',
  'max-parts',
  'part-number-marker',
  'partNumber',
  'position',
  'versionId',
  'response-content-type',
  'response-content-language',
  'response-expires',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  // GET Service: not filtered by, but sent
  'tagkey',
  'tagvalue',
  'create-time',
  'range',
  'region',
  'max-buckets',
])

export function isSubresource(name: string): boolean {
  return SUBRESOURCES.has(name)
}

/** Would we do something else for this parameter? */
export function isMeaningful(name: string): boolean {
  return SUBRESOURCES.has(name) || QUALIFIERS.has(name)
}

/**
 * The sub-resource that a request names, '' for none, several joined by '&'. Reads ignore parameters nobody knows, since
 * links get decorated; a write with one is taken to name a sub-resource, so that no configuration is mistaken for an upload.
 */
export function subresourceOf({ raw, query }: HttpRequest, isSignature: (name: string) => boolean): string {
  const reading = raw.method === 'GET' || raw.method === 'HEAD'
  const names = query.parameters
    .filter(({ name, value }) => {
      if (isSubresource(name)) return true
      if (QUALIFIERS.has(name) || isSignature(name)) return false
      // A write's unknown bare parameter, `PUT /?newthing`; those with values are decoration, too (`?x=1` of a CDN).
      return !reading && value === ''
    })
    .map(({ name }) => name)
  return [...new Set(names)].sort().join('&')
}
