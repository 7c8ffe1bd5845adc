import { StoreError } from '../../errors.ts'
import { command, type Command } from '../dialect.ts'
import type { HttpRequest } from '../http/request.ts'
import { refuseUnsignedHeaders } from '../http/unsigned-headers.ts'
import * as acls from './acl.ts'
import { appendObject } from './append.ts'
import * as rules from './bucket-encryption.ts'
import * as buckets from './bucket-operations.ts'
import { copyObject, uploadPartCopy } from './copy-operations.ts'
import * as cors from './cors-operations.ts'
import { deleteObjects } from './delete-objects.ts'
import { OssRefusal } from './errors.ts'
import { listMultipartUploads, listObjectsV1, listObjectsV2, listObjectVersions } from './listing.ts'
import * as lifecycle from './lifecycle-operations.ts'
import * as multipart from './multipart-operations.ts'
import * as objects from './object-operations.ts'
import type { BucketRequest, ObjectRequest, OssRequest } from './oss-request.ts'
import { postObject } from './post-object.ts'
import { choosesOperation } from './sub-resources.ts'
import * as symlinks from './symlink.ts'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.ts'

type Parse<R> = (request: R) => Command | Promise<Command>

/** Method and sub-resource → operation. What OSS has and this table has not is NotImplemented, in this one place. */
export const bucketRoutes: Readonly<Record<string, Parse<BucketRequest>>> = {
  'PUT ': buckets.createBucket,
  'HEAD ': buckets.headBucket,
  'DELETE ': buckets.deleteBucket,
  'GET ': (request) =>
    request.query.get('list-type') === '2' ? listObjectsV2(request) : listObjectsV1(request),
  'GET versions': listObjectVersions,
  'GET bucketInfo': buckets.getBucketInfo,
  'GET location': buckets.getBucketLocation,
  'GET versioning': buckets.getBucketVersioning,
  'PUT versioning': buckets.putBucketVersioning,
  'GET acl': acls.getBucketAcl,
  'PUT acl': acls.putBucketAcl,
  'GET publicAccessBlock': acls.getPublicAccessBlock,
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
  'POST delete': deleteObjects,
  ...Object.fromEntries(buckets.absentConfigurations.map((name) => [`GET ${name}`, absent(name)])),
}

const copies = ({ fields }: ObjectRequest): boolean => fields.has('x-oss-copy-source')

export const objectRoutes: Readonly<Record<string, Parse<ObjectRequest>>> = {
  'PUT ': (request) => (copies(request) ? copyObject(request) : objects.putObject(request)),
  'GET ': objects.getObject,
  'HEAD ': objects.headObject,
  'DELETE ': objects.deleteObject,
  'POST append': appendObject,
  'PUT symlink': symlinks.putSymlink,
  'GET symlink': symlinks.getSymlink,
  'HEAD symlink': symlinks.getSymlink,
  'GET objectMeta': objects.getObjectMeta,
  'HEAD objectMeta': objects.getObjectMeta,
  'GET acl': acls.getObjectAcl,
  'PUT acl': acls.putObjectAcl,
  'GET tagging': getObjectTagging,
  'PUT tagging': putObjectTagging,
  'DELETE tagging': deleteObjectTagging,
  'POST restore': objects.restoreObject,
  'POST uploads': multipart.createMultipartUpload,
  'PUT uploadId': (request) => (copies(request) ? uploadPartCopy(request) : multipart.uploadPart(request)),
  'POST uploadId': multipart.completeMultipartUpload,
  'DELETE uploadId': multipart.abortMultipartUpload,
  'GET uploadId': multipart.listParts,
}

/**
 * Turns a request into an operation.
 * @param now ms since the epoch
 * @throws StoreError NotImplemented | MethodNotAllowed | whatever is wrong with its headers, query or document
 */
export async function parseOperation(request: OssRequest, http: HttpRequest, now: number): Promise<Command> {
  const { bucket, key } = request.address
  refuseEncryptionInQuery(request)
  const own = request.fields.startingWith('x-oss-').map(([name]) => name)
  refuseUnsignedHeaders(request.caller, own, HARMLESS)
  const route = `${request.method} ${subResourceOf(request)}`
  if (bucket === undefined) {
    if (route !== 'GET ') throw unknownRoute(request, route)
    return buckets.listBuckets(request)
  }
  if (http.form) {
    if (route !== 'POST ') throw unknownRoute(request, route)
    return postObject({ ...request, bucket }, http.form, now)
  }
  const parse = key === undefined ? bucketRoutes[route] : objectRoutes[route]
  if (parse === undefined) throw unknownRoute(request, route)
  return parse({ ...request, bucket, key: key ?? '' })
}

/** Of an unsigned request; a managed key is refused by the store. */
const HARMLESS =
  /^x-oss-(?:server-side-(?:data-)?encryption|meta-.*|hash-.*|content-.*|date|forbid-overwrite|storage-class|range-behavior|traffic-limit|request-payer|complete-all)$/

/**
 * The sub-resource that a query names, '' for none, several joined by '&'. Only names that every signature covers choose what
 * is done; others decorate. A write's unknown bare parameter is taken to name one, so that no configuration is mistaken for
 * an upload.
 */
function subResourceOf({ method, query }: OssRequest): string {
  const reading = method === 'GET' || method === 'HEAD'
  const names = query.parameters
    .filter(({ name, value }) => choosesOperation(name) || (!reading && value === '' && !isDecoration(name)))
    .map(({ name }) => name)
  return [...new Set(names)].sort().join('&')
}

/** Parameters that may be empty without naming a sub-resource. */
function isDecoration(name: string): boolean {
  return (
    name.startsWith('x-oss-') ||
    /^(?:encoding-type|partNumber|versionId|sequential|callback(?:-var)?|withHashContext|position|security-token)$/.test(
      name,
    )
  )
}

/** In a URL it would be passed over, and the object be stored other than its writer believes. */
function refuseEncryptionInQuery({ query }: OssRequest): void {
  if (query.parameters.some(({ name }) => /^x-oss-server-side-/i.test(name)))
    throw new StoreError('InvalidArgument', 'Server-side encryption is asked for by headers, not in the URL.')
}

function absent(subResource: string): Parse<BucketRequest> {
  const { code, message } = buckets.absentConfiguration(subResource)
  return ({ bucket }) =>
    command({ name: 'HeadBucket', bucket }, () => {
      throw new OssRefusal({ status: 404, code }, 'InvalidRequest', message, { bucket })
    })
}

function unknownRoute({ method }: OssRequest, route: string): StoreError {
  const known = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'].includes(method)
  if (known && !route.endsWith(' '))
    return new StoreError(
      'NotImplemented',
      'A header or query you provided implies functionality that is not implemented.',
    )
  return new StoreError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    method,
  })
}
