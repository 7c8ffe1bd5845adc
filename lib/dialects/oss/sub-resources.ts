/**
 * Query parameters that a V1 signature covers ("sub-resources", aliyun-oss.md §1.2): the union of the SDKs' lists. Other
 * parameters are not signed and must not choose what is done.
 */
const SIGNED: ReadonlySet<string> = new Set(
  `acl append accessPoint accessPointPolicy asyncFetch bucketArchiveDirectRead bucketInfo callback callback-var cname comp
  continuation-token cors delete encryption endTime group httpsConfig inventory inventoryId lifecycle link live location
  logging metaQuery objectInfo objectMeta partNumber policy position publicAccessBlock qos qosInfo qosRequester
  redundancyTransition referer regionList replication replicationLocation replicationProgress requestPayment
  requesterQosInfo resourceGroup resourcePool resourcePoolBuckets resourcePoolInfo response-cache-control
  response-content-disposition response-content-encoding response-content-language response-content-type response-expires
  restore security-token sequential startTime stat status style styleName symlink tagging transferAcceleration uploadId
  uploads versionId versioning versions vod website worm wormExtend wormId
  cloudboxes img responseHeader rtc udf udfApplication udfApplicationLog udfId udfImage udfImageDesc udfName
  withHashContext`.split(/\s+/),
)

export function isSignedByV1(name: string): boolean {
  return SIGNED.has(name) || name.startsWith('x-oss-')
}

/** Those that qualify an operation, or an answer, instead of choosing one. */
const QUALIFIERS: ReadonlySet<string> = new Set([
  'callback',
  'callback-var',
  'continuation-token',
  'endTime',
  'group',
  'inventoryId',
  'partNumber',
  'position',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'security-token',
  'sequential',
  'startTime',
  'status',
  'styleName',
  'versionId',
  'withHashContext',
])

/** Does the parameter name a sub-resource, so that the request is for this and nothing else? */
export function choosesOperation(name: string): boolean {
  return SIGNED.has(name) && !QUALIFIERS.has(name)
}
