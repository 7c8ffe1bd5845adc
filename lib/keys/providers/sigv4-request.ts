import { createHash, createHmac } from 'node:crypto'

export interface AwsCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string | undefined
}

export interface RequestToSign {
  host: string
  /** sent as they are; names in lower case */
  headers: Readonly<Record<string, string>>
  body: string
  region: string
  service: string
}

/**
 * Signature Version 4 for a POST to `/` without a query, all that the JSON protocol of AWS KMS needs (AWS General
 * Reference, "Signing AWS API requests"). An own signer of these lines and not the SDK: its forty packages would come
 * with every installation, and two calls are made.
 * @param at ms since the epoch
 * @returns the headers to send
 */
export function signPost(
  { host, headers, body, region, service }: RequestToSign,
  credentials: AwsCredentials,
  at: number,
): Record<string, string> {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const date = time.slice(0, 8)
  const { sessionToken } = credentials
  const signed: Record<string, string> = {
    ...headers,
    host,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  }
  const names = Object.keys(signed).sort()
  const canonicalHeaders = names.map((name) => `${name}:${signed[name]?.trim() ?? ''}\n`).join('')
  const canonical = `POST\n/\n\n${canonicalHeaders}\n${names.join(';')}\n${sha256(body)}`
  const scope = `${date}/${region}/${service}/aws4_request`
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`
  const key = [date, region, service, 'aws4_request'].reduce<Buffer>(
    (previous, part) => hmac(previous, part),
    Buffer.from(`AWS4${credentials.secretAccessKey}`),
  )
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${hmac(key, toSign).toString('hex')}`
  return { ...signed, authorization }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
