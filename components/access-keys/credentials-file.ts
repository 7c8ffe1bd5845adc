export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  objectEndpoint: string
  region: string
}

/** Saves an access key as a profile that the AWS CLI and SDKs read (~/.aws/config, which may hold secrets too). */
export function credentialsFile(credentials: Credentials): void {
  const lines = [
    '[profile coffer]',
    `aws_access_key_id = ${credentials.accessKeyId}`,
    `aws_secret_access_key = ${credentials.secretAccessKey}`,
    `region = ${credentials.region}`,
    `endpoint_url = ${credentials.objectEndpoint}`,
    '',
  ]
  const url = URL.createObjectURL(new Blob([lines.join('\n')], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `coffer-${credentials.accessKeyId}.txt`
  link.click()
  URL.revokeObjectURL(url)
}
