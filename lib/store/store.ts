import { isAct, reportingAct } from './act-log.ts'
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from './acl.ts'
import { appendObject } from './append-object.ts'
import type { StoreDeps } from './deps.ts'
import { deleteBucketCors, getBucketCors, putBucketCors } from './bucket-cors.ts'
import { deleteBucketLifecycle, getBucketLifecycle, putBucketLifecycle } from './bucket-lifecycle.ts'
import {
  deleteBucketPolicy,
  getBucketPolicy,
  getBucketPolicyStatus,
  putBucketPolicy,
} from './bucket-policy.ts'
import {
  createBucket,
  deleteBucket,
  deleteBucketEncryption,
  getBucketEncryption,
  headBucket,
  listBuckets,
  putBucketEncryption,
} from './buckets.ts'
import { getObjectLockConfiguration, putObjectLockConfiguration } from './bucket-lock.ts'
import { copyObject } from './copy-object.ts'
import { getBucketCoverage, getProjectCoverage } from './coverage.ts'
import { deleteObject, deleteObjects } from './delete-objects.ts'
import { findObjects } from './find-objects.ts'
import { letGo } from './let-go.ts'
import { listObjects } from './list-objects.ts'
import { listObjectVersions } from './list-versions.ts'
import type { Caller } from './model.ts'
import { modifyEncryption } from './modify-encryption.ts'
import { abortMultipartUpload, completeMultipartUpload } from './multipart-complete.ts'
import { createMultipartUpload } from './multipart-create.ts'
import { listMultipartUploads, listParts } from './multipart-list.ts'
import { uploadPart, uploadPartCopy } from './multipart-part.ts'
import { getObjectAttributes } from './object-attributes.ts'
import {
  getObjectLegalHold,
  getObjectRetention,
  putObjectLegalHold,
  putObjectRetention,
} from './object-retention.ts'
import type { OperationName, OperationOf, RequestContext, Results, Store } from './operations.ts'
import { putObject } from './put-object.ts'
import { getObject, headObject } from './read-object.ts'
import { restoreObject } from './restore-object.ts'
import { getSymlink, putSymlink } from './symlink.ts'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.ts'
import { verifyObject } from './verify-object.ts'
import { getBucketVersioning, putBucketVersioning } from './versioning.ts'

type UseCases = {
  [N in OperationName]: (
    deps: StoreDeps,
    operation: OperationOf<N>,
    caller: Caller,
    context: RequestContext,
  ) => Promise<Results[N]>
}

/** Every use case, once; a missing one does not compile. */
const useCases: UseCases = {
  PutObject: putObject,
  AppendObject: appendObject,
  PutSymlink: putSymlink,
  GetSymlink: getSymlink,
  GetObject: getObject,
  HeadObject: headObject,
  GetObjectAttributes: getObjectAttributes,
  CopyObject: copyObject,
  ModifyEncryption: modifyEncryption,
  VerifyObject: verifyObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  ListObjects: listObjects,
  FindObjects: findObjects,
  GetBucketCoverage: getBucketCoverage,
  GetProjectCoverage: getProjectCoverage,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListParts: listParts,
  ListMultipartUploads: listMultipartUploads,
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  GetBucketEncryption: getBucketEncryption,
  PutBucketEncryption: putBucketEncryption,
  DeleteBucketEncryption: deleteBucketEncryption,
  GetBucketPolicy: getBucketPolicy,
  PutBucketPolicy: putBucketPolicy,
  DeleteBucketPolicy: deleteBucketPolicy,
  GetBucketPolicyStatus: getBucketPolicyStatus,
  GetBucketAcl: getBucketAcl,
  PutBucketAcl: putBucketAcl,
  GetObjectAcl: getObjectAcl,
  PutObjectAcl: putObjectAcl,
  GetObjectTagging: getObjectTagging,
  PutObjectTagging: putObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  ListObjectVersions: listObjectVersions,
  GetBucketVersioning: getBucketVersioning,
  PutBucketVersioning: putBucketVersioning,
  RestoreObject: restoreObject,
  GetObjectLockConfiguration: getObjectLockConfiguration,
  PutObjectLockConfiguration: putObjectLockConfiguration,
  GetObjectRetention: getObjectRetention,
  PutObjectRetention: putObjectRetention,
  GetObjectLegalHold: getObjectLegalHold,
  PutObjectLegalHold: putObjectLegalHold,
  GetBucketCors: getBucketCors,
  PutBucketCors: putBucketCors,
  DeleteBucketCors: deleteBucketCors,
  GetBucketLifecycle: getBucketLifecycle,
  PutBucketLifecycle: putBucketLifecycle,
  DeleteBucketLifecycle: deleteBucketLifecycle,
}

/** The store over its parts; one per process. */
export function createStore(deps: StoreDeps): Store {
  return {
    run: (operation, caller, context) => runOne(deps, operation, caller, context),
  }
}

function runOne<N extends OperationName>(
  deps: StoreDeps,
  operation: OperationOf<N>,
  caller: Caller,
  context: RequestContext,
): Promise<Results[N]> {
  const useCase: UseCases[N] = useCases[operation.name]
  const run = async (): Promise<Results[N]> => {
    let result: Results[N] | undefined
    try {
      return (result = await useCase(deps, operation, caller, context))
    } finally {
      // An answer, a refusal too, may rest on what another request has just committed: it must not outlive it.
      const pending = deps.catalog.settled()
      if (pending !== undefined) await pending.catch((error: unknown) => refuseInstead(result, error))
    }
  }
  return isAct(operation) ? reportingAct(deps, { caller, context }, operation, run) : run()
}

function refuseInstead(result: object | undefined, error: unknown): never {
  if (result !== undefined && 'body' in result) void letGo(result.body as AsyncIterable<Buffer>)
  throw error
}
