/** ARNs of what policies speak of (Service Authorization Reference, "Resource types"). */

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`
}

export function objectArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}/${key}`
}

/** The project itself, for acts of the console that speak of no one in it. */
export function projectArn(account: string): string {
  return `arn:aws:coffer::${account}:project`
}

/** A batch job. */
export function jobArn(account: string, jobId: string): string {
  return `arn:aws:coffer::${account}:job/${jobId}`
}

export function memberArn(account: string, userId: string): string {
  return `arn:aws:coffer::${account}:member/${userId}`
}
