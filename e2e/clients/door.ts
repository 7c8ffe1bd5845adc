import { createHash } from 'node:crypto'

/** What is stored, whoever wrote it. */
export type Stored =
  | { mode: 'none' }
  | { mode: 'service-key'; suite: Suite }
  | { mode: 'managed-key'; suite: Suite; keyId?: string }
  | { mode: 'customer-key'; suite: Suite; key: Buffer }
export type Suite = 'AES256' | 'SM4'

export interface Details {
  encryption: Stored
  metadata?: Record<string, string>
  tags?: Record<string, string>
  /** in the door's own words */
  storageClass?: string
}

/** What an answer says of an object. */
export interface Seen {
  etag: string
  size: number
  /** ms since the epoch */
  lastModified: number
  contentType: string
  metadata: Record<string, string>
  storageClass: string
  /** names and words of the vendor */
  encryption: Record<string, string>
}

export interface Listed {
  key: string
  size: number
  lastModified: number
  etag: string
  storageClass: string
}

export interface Page {
  objects: Listed[]
  prefixes: string[]
  /** where the next page begins; undefined: this is the last */
  next: string | undefined
}

export interface Part {
  number: number
  etag: string
  size: number
}

/** One vendor's SDK on one bucket, and what all of them can be asked. */
export interface Door {
  name: 'S3' | 'OSS' | 'COS'
  /** the vendor's words for an infrequently read object */
  infrequent: string
  /** bytes of every part but the last */
  leastPart: number
  /** does the vendor have words for it? */
  knows(stored: Stored): boolean
  /** what its answers must say of it */
  says(stored: Stored): Record<string, string>
  /** what of these its SDK can carry as they are */
  carries(metadata: Record<string, string>): Record<string, string>
  put(key: string, body: Buffer, details: Details): Promise<void>
  get(key: string, opened?: Stored): Promise<Seen & { body: Buffer }>
  head(key: string, opened?: Stored): Promise<Seen>
  tags(key: string): Promise<Record<string, string>>
  /** at most `limit` of what follows `after`, grouped by slashes if wanted */
  list(asked: {
    prefix: string
    limit?: number
    after?: string | undefined
    grouped?: boolean
  }): Promise<Page>
  /** the copy keeps what the source has beside its bytes */
  copy(from: string, to: string, encryption: Stored, opened?: Stored): Promise<void>
  /** in place, as this vendor's users do it: by a copy of the object onto itself */
  encrypt(key: string, encryption: Stored, kept: Required<Details>, opened?: Stored): Promise<void>
  restore(key: string): Promise<void>
  remove(key: string): Promise<void>
  /** adds to what is so long; undefined: the vendor has no words for that */
  append?: (key: string, position: number, body: Buffer, encryption: Stored) => Promise<void>
  begin(key: string, encryption: Stored): Promise<string>
  part(key: string, upload: string, number: number, body: Buffer): Promise<void>
  parts(key: string, upload: string): Promise<Part[]>
  complete(key: string, upload: string, parts: Part[]): Promise<void>
  uploads(prefix: string): Promise<{ key: string; upload: string }[]>
}

/** How a request was refused: the status, and the word that programs look for. */
export interface Refusal {
  status: number
  code: string
}

/** @throws Error when it was not refused */
export async function refusal(promise: Promise<unknown>): Promise<Refusal> {
  try {
    await promise
  } catch (error) {
    return refusalOf(error)
  }
  throw new Error('It was accepted')
}

function refusalOf(error: unknown): Refusal {
  const { status, statusCode, code, name, $metadata } = error as {
    status?: number
    statusCode?: number
    code?: string
    name?: string
    $metadata?: { httpStatusCode?: number }
  }
  return {
    status: $metadata?.httpStatusCode ?? status ?? statusCode ?? 0,
    code: ($metadata ? name : code) ?? '',
  }
}

export function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64')
}

/** Headers as Node gives them, a character a byte, are UTF-8. */
export function textOf(header: string): string {
  return Buffer.from(header, 'latin1').toString()
}

/** The headers of one prefix, without it. */
export function withPrefix(headers: Record<string, string>, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), textOf(value)]),
  )
}
