import { createHmac } from 'node:crypto'
import type { Address } from '../http/address.ts'
import type { QueryParameter } from '../http/query.ts'
import { isSignedByV1 } from './sub-resources.ts'

/** What a V1 signature covers (Aliyun, "Signature version 1"). */
export interface V1Parts {
  method: string
  /** lower-case names; values a character a byte */
  headers: Readonly<Record<string, string>>
  /** the line DATE */
  date: string
  address: Address
  parameters: readonly QueryParameter[]
}

/**
 * VERB, Content-MD5, Content-Type, DATE, every x-oss-* header, the resource. Bytes, not text: header values are compared as
 * they were sent, whatever their character set.
 */
export function stringToSignV1({ method, headers, date, address, parameters }: V1Parts): Buffer {
  const lines = [method, headers['content-md5'] ?? '', headers['content-type'] ?? '', date]
  const ossHeaders = Object.keys(headers)
    .filter((name) => name.startsWith('x-oss-'))
    .sort()
    .map((name) => `${name}:${headers[name]!.trim()}`)
  const head = `${[...lines, ...ossHeaders].join('\n')}\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(resourceOf(address, parameters))])
}

/** Bucket and key in the clear, however they were addressed; sub-resources sorted, not encoded. */
export function resourceOf({ bucket, key }: Address, parameters: readonly QueryParameter[]): string {
  const path = bucket === undefined ? '/' : `/${bucket}/${key ?? ''}`
  const signed = parameters
    .filter(({ name }) => isSignedByV1(name))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ name, value }) => (value === '' ? name : `${name}=${value}`))
  return signed.length === 0 ? path : `${path}?${signed.join('&')}`
}

/** 20 bytes */
export function signV1(secret: string, text: Buffer | string): Buffer {
  return createHmac('sha1', secret).update(text).digest()
}
