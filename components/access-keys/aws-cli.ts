/**
 * The commands of the connection card; e2e runs them as they are. The endpoint is an option of each command,
 * because the AWS CLI reads it from a profile only since 2.13, and distributions ship older ones.
 */
const PROFILE = '--profile coffer'

export function awsCliSetUp(p: { accessKeyId: string; secret: string; region: string }): string {
  return [
    `aws configure set aws_access_key_id ${p.accessKeyId} ${PROFILE}`,
    `aws configure set aws_secret_access_key ${p.secret} ${PROFILE}`,
    `aws configure set region ${p.region} ${PROFILE}`,
  ].join('\n')
}

export function awsCliUpload(p: { bucket: string; file: string; keyId: string; endpoint: string }): string {
  return `aws s3 cp ${p.file} s3://${p.bucket}/ --sse aws:kms --sse-kms-key-id ${p.keyId} --endpoint-url ${p.endpoint} ${PROFILE}`
}

export function awsCliVerify(p: { bucket: string; file: string; endpoint: string }): string {
  return `aws s3api head-object --bucket ${p.bucket} --key ${p.file} --endpoint-url ${p.endpoint} ${PROFILE}`
}
