import { StoreError } from '../../errors.ts'
import type { Command } from '../dialect.ts'
import type { HttpRequest } from '../http/request.ts'
import { refuseUnsignedHeaders } from '../http/unsigned-headers.ts'
import * as acls from './acl.ts'
import { appendObject } from './append.ts'
import * as rules from './bucket-encryption.ts'
import * as buckets from './bucket-operations.ts'
import { isSignatureParameter } from './claim.ts'
import { copyObject, uploadPartCopy } from './copy-operations.ts'
import * as cors from './cors-operations.ts'
import { getKmsAuthorization, putKmsAuthorization, type CosKmsRules } from './kms-rules.ts'
import type { BucketRequest, CosRequest, ObjectRequest } from './cos-request.ts'
import { listMultipartUploads, listObjects, listObjectVersions } from './listing.ts'
import * as lifecycle from './lifecycle-operations.ts'
import * as multipart from './multipart-operations.ts'
import * as objects from './object-operations.ts'
import { subresourceOf } from './parameters.ts'
import { postObject } from './post-object.ts'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.ts'

type Parse<R> = (request: R) => Command | Promise<Command>

const serviceRoutes: Readonly<Record<string, (request: CosRequest, kms?: CosKmsRules) => Command>> = {
  'GET ': buckets.listBuckets,
  'GET kms-authorization': (_, kms) => getKmsAuthorization(kms),
  'PUT kms-authorization': (_, kms) => putKmsAuthorization(kms),
}

/** Method and sub-resource → operation. What COS has and this table has not is NotImplemented, in this one place. */
const bucketRoutes: Readonly<Record<string, Parse<BucketRequest>>> = {
  'PUT ': buckets.createBucket,
  'HEAD ': buckets.headBucket,
  'DELETE ': buckets.deleteBucket,
  'GET ': listObjects,
  'GET versions': listObjectVersions,
  'GET location': buckets.getBucketLocation,
  'GET versioning': buckets.getBucketVersioning,
  'PUT versioning': buckets.putBucketVersioning,
  'GET acl': acls.getBucketAcl,
  'PUT acl': acls.putBucketAcl,
  'GET uploads': listMultipartUploads,
  'GET encryption': rules.getBucketEncryption,
  'PUT encryption': rules.putBucketEncryption,
  'DELETE encryption': rules.deleteBucketEncryption,
  'GET cors': cors.getBucketCors,
  'PUT cors': cors.putBucketCors,
  'DELETE cors': cors.deleteBucketCors,
  'GET lifecycle': lifecycle.getBucketLifecycle,
  'PUT lifecycle': lifecycle.putBucketLifecycle,
  'DELETE lifecycle': lifecycle.deleteBucketLifecycle,
  'POST delete': buckets.deleteObjects,
  ...Object.fromEntries(
    buckets.absentConfigurations.map((name) => [`GET ${name}`, buckets.getAbsentConfiguration(name)]),
  ),
}

const copies = ({ fields }: ObjectRequest): boolean => fields.has('x-cos-copy-source')

const objectRoutes: Readonly<Record<string, Parse<ObjectRequest>>> = {
  'PUT ': (request) => (copies(request) ? copyObject(request) : objects.putObject(request)),
  'GET ': objects.getObject,
  'HEAD ': objects.headObject,
  'DELETE ': objects.deleteObject,
  'GET acl': acls.getObjectAcl,
  'PUT acl': acls.putObjectAcl,
  'GET tagging': getObjectTagging,
  'PUT tagging': putObjectTagging,
  'DELETE tagging': deleteObjectTagging,
  'POST append': appendObject,
  'POST restore': objects.restoreObject,
  'POST uploads': multipart.createMultipartUpload,
  'PUT uploadId': (request) => (copies(request) ? uploadPartCopy(request) : multipart.uploadPart(request)),
  'POST uploadId': multipart.completeMultipartUpload,
  'DELETE uploadId': multipart.abortMultipartUpload,
  'GET uploadId': multipart.listParts,
}

/**
 * Turns a request into an operation.
 * @throws StoreError NotImplemented | MethodNotAllowed | whatever is wrong with its headers, query or document
 */
export async function parseOperation(
  request: CosRequest,
  http: HttpRequest,
  { now, kms }: { now: number; kms: CosKmsRules | undefined },
): Promise<Command> {
  const { bucket, key } = request.address
  const own = request.fields.startingWith('x-cos-').map(([name]) => name)
  refuseUnsignedHeaders(request.caller, own, HARMLESS)
  const route = `${request.method} ${subresourceOf(http, isSignatureParameter)}`
  if (bucket === undefined) {
    const parse = serviceRoutes[route]
    if (parse === undefined) throw unknownRoute(request, route)
    return parse(request, kms)
  }
  if (http.form) {
    if (route !== 'POST ') throw unknownRoute(request, route)
    return postObject({ ...request, bucket }, http.form, now)
  }
  const parse = key === undefined ? bucketRoutes[route] : objectRoutes[route]
  if (parse === undefined) throw unknownRoute(request, route)
  return parse({ ...request, bucket, key: key ?? '' })
}

/** Of an unsigned request; SSE-C brings its own proof, and a managed key is refused by the store. */
const HARMLESS =
  /^x-cos-(?:server-side-encryption(?:-customer-.*)?|meta-.*|hash-.*|forbid-overwrite|storage-class|traffic-limit|sdk-retry)$/

function unknownRoute({ method }: CosRequest, route: string): StoreError {
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
