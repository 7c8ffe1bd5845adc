/** The commands of the connection card; e2e runs them as they are. Version 2 of the AWS CLI reads `endpoint_url`. */
const PROFILE = '--profile coffer'

export function awsCliSetUp(p: {
  accessKeyId: string
  secret: string
  region: string
  endpoint: string
}): string {
  return [
    `aws configure set aws_access_key_id ${p.accessKeyId} ${PROFILE}`,
    `aws configure set aws_secret_access_key ${p.secret} ${PROFILE}`,
    `aws configure set region ${p.region} ${PROFILE}`,
    `aws configure set endpoint_url ${p.endpoint} ${PROFILE}`,
  ].join('\n')
}

export function awsCliUpload(p: { bucket: string; file: string; keyId: string }): string {
  return `aws s3 cp ${p.file} s3://${p.bucket}/ --sse aws:kms --sse-kms-key-id ${p.keyId} ${PROFILE}`
}

export function awsCliVerify(p: { bucket: string; file: string }): string {
  return `aws s3api head-object --bucket ${p.bucket} --key ${p.file} ${PROFILE}`
}
