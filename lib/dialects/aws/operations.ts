import { StoreError } from '../../errors.ts'
import type { Command } from '../dialect.ts'
import * as acls from './acl.ts'
import { getObjectAttributes } from './attributes.ts'
import type { AwsRequest, BucketRequest, ObjectRequest } from './aws-request.ts'
import * as buckets from './bucket-operations.ts'
import { copyObject, uploadPartCopy } from './copy-operations.ts'
import * as cors from './cors-operations.ts'
import { refuseUnsignedHeaders } from '../http/unsigned-headers.ts'
import { listMultipartUploads, listObjectsV1, listObjectsV2 } from './listing.ts'
import * as lifecycle from './lifecycle-operations.ts'
import * as multipart from './multipart-operations.ts'
import { updateObjectEncryption } from './object-encryption.ts'
import * as locks from './object-lock.ts'
import * as objects from './object-operations.ts'
import * as policies from './policy-operations.ts'
import { restoreObject } from './restore.ts'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.ts'
import * as versions from './versions.ts'

type Parse<R> = (request: R) => Command | Promise<Command>

/**
 * Method and sub-resource → operation. A query parameter that names a sub-resource S3 has and this table does
 * not is NotImplemented, in this one place.
 */
const bucketRoutes: Readonly<Record<string, Parse<BucketRequest>>> = {
  'PUT ': buckets.createBucket,
  'HEAD ': buckets.headBucket,
  'DELETE ': buckets.deleteBucket,
  'GET ': (request) =>
    request.query.get('list-type') === '2' ? listObjectsV2(request) : listObjectsV1(request),
  'GET location': buckets.getBucketLocation,
  'GET versioning': versions.getBucketVersioning,
  'PUT versioning': versions.putBucketVersioning,
  'GET versions': versions.listObjectVersions,
  'GET object-lock': locks.getObjectLockConfiguration,
  'PUT object-lock': locks.putObjectLockConfiguration,
  'GET acl': acls.getBucketAcl,
  'PUT acl': acls.putBucketAcl,
  'GET publicAccessBlock': acls.getPublicAccessBlock,
  'GET ownershipControls': acls.getOwnershipControls,
  'GET uploads': listMultipartUploads,
  'GET encryption': buckets.getBucketEncryption,
  'PUT encryption': buckets.putBucketEncryption,
  'DELETE encryption': buckets.deleteBucketEncryption,
  'GET policy': policies.getBucketPolicy,
  'PUT policy': policies.putBucketPolicy,
  'DELETE policy': policies.deleteBucketPolicy,
  'GET policyStatus': policies.getBucketPolicyStatus,
  'GET cors': cors.getBucketCors,
  'PUT cors': cors.putBucketCors,
  'DELETE cors': cors.deleteBucketCors,
  'GET lifecycle': lifecycle.getBucketLifecycle,
  'PUT lifecycle': lifecycle.putBucketLifecycle,
  'DELETE lifecycle': lifecycle.deleteBucketLifecycle,
  'POST delete': objects.deleteObjects,
  ...Object.fromEntries(
    buckets.absentConfigurations.map((name) => [`GET ${name}`, buckets.getAbsentConfiguration(name)]),
  ),
}

const objectRoutes: Readonly<Record<string, Parse<ObjectRequest>>> = {
  'PUT ': (request) =>
    request.headers.has('x-amz-copy-source') ? copyObject(request) : objects.putObject(request),
  'GET ': objects.getObject,
  'HEAD ': objects.headObject,
  'DELETE ': objects.deleteObject,
  'GET partNumber': objects.getObject,
  'HEAD partNumber': objects.headObject,
  'GET attributes': getObjectAttributes,
  'GET acl': acls.getObjectAcl,
  'PUT acl': acls.putObjectAcl,
  'PUT encryption': updateObjectEncryption,
  'GET tagging': getObjectTagging,
  'PUT tagging': putObjectTagging,
  'DELETE tagging': deleteObjectTagging,
  'POST restore': restoreObject,
  'GET retention': locks.getObjectRetention,
  'PUT retention': locks.putObjectRetention,
  'GET legal-hold': locks.getObjectLegalHold,
  'PUT legal-hold': locks.putObjectLegalHold,
  'POST uploads': multipart.createMultipartUpload,
  'PUT uploadId': (request) =>
    request.headers.has('x-amz-copy-source') ? uploadPartCopy(request) : multipart.uploadPart(request),
  'PUT partNumber': multipart.uploadPart,
  'POST uploadId': multipart.completeMultipartUpload,
  'DELETE uploadId': multipart.abortMultipartUpload,
  'GET uploadId': multipart.listParts,
}

/** Operations on one version of an object; with the others a version's id would go unheard. */
const VERSIONED: ReadonlySet<string> = new Set([
  'GET ',
  'HEAD ',
  'DELETE ',
  'GET partNumber',
  'HEAD partNumber',
  'GET attributes',
  'GET acl',
  'PUT acl',
  'PUT encryption',
  'GET tagging',
  'PUT tagging',
  'DELETE tagging',
  'POST restore',
  'GET retention',
  'PUT retention',
  'GET legal-hold',
  'PUT legal-hold',
])

/** Parameters that qualify an operation instead of choosing one. */
const QUALIFIERS: ReadonlySet<string> = new Set([
  'list-type',
  'prefix',
  'delimiter',
  'marker',
  'max-keys',
  'encoding-type',
  'continuation-token',
  'start-after',
  'fetch-owner',
  'key-marker',
  'upload-id-marker',
  'version-id-marker',
  'max-uploads',
  'max-parts',
  'part-number-marker',
  'max-buckets',
  'bucket-region',
  'versionId',
  'response-content-type',
  'response-content-language',
  'response-expires',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
])

/** Sub-resources that S3 knows (S3 API reference, bucket and object operations). */
const SUBRESOURCES: ReadonlySet<string> = new Set([
  'accelerate',
  'acl',
  'analytics',
  'attributes',
  'cors',
  'delete',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'metadataConfiguration',
  'metadataInventoryTable',
  'metadataJournalTable',
  'metadataTable',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'renameObject',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'session',
  'tagging',
  'torrent',
  'uploads',
  'versioning',
  'versions',
  'website',
  'partNumber',
  'uploadId',
  'abac',
  'append',
])

/**
 * Turns a request into an operation.
 * @throws StoreError NotImplemented | MethodNotAllowed | whatever is wrong with its headers, query or document
 */
export async function parseOperation(request: AwsRequest): Promise<Command> {
  const { bucket, key } = request.address
  refuseUnsignedHeaders(request.caller, vendorHeaders(request), HARMLESS)
  const route = `${request.method} ${subresourceOf(request)}`
  if (bucket === undefined) return parseService(request, route)
  const parse = key === undefined ? bucketRoutes[route] : objectRoutes[route]
  if (parse === undefined) throw unknownRoute(request, route)
  if (request.query.get('versionId') !== undefined && !(key !== undefined && VERSIONED.has(route)))
    throw new StoreError('InvalidArgument', 'This operation does not accept a version-id.', {
      argument: 'versionId',
    })
  return parse({ ...request, bucket, key: key ?? '' })
}

/** Of an unsigned request; SSE-C brings its own proof, and a managed key is refused by the store. */
const HARMLESS =
  /^x-amz-(?:server-side-encryption(?:-customer-.*)?|checksum-.*|sdk-checksum-algorithm|content-sha256|date|decoded-content-length|trailer|meta-.*|storage-class|expected-bucket-owner|request-payer|user-agent)$/

function* vendorHeaders({ headers }: AwsRequest): Generator<string> {
  for (const [name] of headers.startingWith('x-amz-')) yield name
}

function parseService(request: AwsRequest, route: string): Command {
  if (route !== 'GET ') throw unknownRoute(request, route)
  return buckets.listBuckets(request)
}

/**
 * The sub-resource that a query names, '' for none; `uploadId` goes before its companion `partNumber`. A write
 * with a parameter nobody knows is taken to name one: a future configuration must not be mistaken for an
 * upload. Reads ignore unknown parameters with a value, as S3 does, since links get decorated.
 */
function subresourceOf({ method, query }: AwsRequest): string {
  if (query.parameters.length === 0) return ''
  const names = query.parameters
    .filter(({ name, value }) => namesSubresource(name, value, method))
    .map(({ name }) => name)
  if (names.includes('uploadId')) return 'uploadId'
  const distinct = new Set(names)
  return distinct.size > 1 ? [...distinct].sort().join('&') : (names[0] ?? '')
}

function namesSubresource(name: string, value: string, method: string): boolean {
  if (SUBRESOURCES.has(name)) return true
  if (QUALIFIERS.has(name) || name === 'x-id' || /^x-amz-/i.test(name)) return false
  return value === '' || (method !== 'GET' && method !== 'HEAD')
}

function unknownRoute({ method }: AwsRequest, route: string): StoreError {
  const known = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'].includes(method)
  if (known && !route.endsWith(' '))
    return new StoreError(
      'NotImplemented',
      'A header or query you provided requests a function that is not implemented.',
    )
  return new StoreError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    method,
  })
}
