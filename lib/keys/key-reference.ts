import { StoreError } from '../errors.ts'

/** How a request names a key: by id, by alias, or not at all (the project's default key). */
export type KeyReference =
  { kind: 'default' } | { kind: 'id'; keyId: string } | { kind: 'alias'; alias: string }

const KEY_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
// AWS KMS, CreateAlias: 1–256 letters, digits, slashes, underscores and dashes after and with the prefix.
const ALIAS = /^alias\/[A-Za-z0-9/_-]{1,250}$/
const ARN = /^arn:aws:kms:([a-z0-9-]*):([0-9]*):(.+)$/s

/** Clients of S3, OSS and COS name the account's own key for objects so; here it is the project's default key. */
const DEFAULT_ALIASES: ReadonlySet<string> = new Set(['alias/aws/s3', 'alias/acs/oss', 'alias/cos/kms'])

/**
 * Reads a key reference: bare id, `alias/x`, key ARN or alias ARN, in the order AWS checks them (shape,
 * region, account). Malformed text is not repeated in the error: people paste keys into key fields.
 * @throws StoreError KeyIdMalformed | KeyInOtherRegion | KeyNotFound (another account)
 */
export function parseKeyReference(
  text: string | undefined,
  home: { region: string; account: string },
): KeyReference {
  if (text === undefined) return { kind: 'default' }
  if (!text.startsWith('arn:')) return parseName(text, KEY_ID.test(text) ? text : undefined)
  const [, region, account, resource] = ARN.exec(text) ?? []
  if (resource === undefined) throw malformed()
  const reference = parseName(
    resource,
    resource.startsWith('key/') ? resource.slice('key/'.length) : undefined,
  )
  if (region !== home.region) {
    throw new StoreError('KeyInOtherRegion', `Invalid arn ${region}: the key lies in another region.`, {
      region,
      expected: home.region,
    })
  }
  if (account !== home.account) throw keyNotFound()
  return reference
}

/** One answer for a key that is not there and one of somebody else: neither tells that a key exists. */
export function keyNotFound(): StoreError {
  return new StoreError('KeyNotFound', 'The key does not exist in this project.')
}

/** @returns `arn:aws:kms:<region>:<account>:key/<id>` */
export function keyArn(home: { region: string; account: string }, keyId: string): string {
  return `arn:aws:kms:${home.region}:${home.account}:key/${keyId}`
}

function parseName(name: string, keyId: string | undefined): KeyReference {
  if (keyId !== undefined && KEY_ID.test(keyId)) return { kind: 'id', keyId: keyId.toLowerCase() }
  if (DEFAULT_ALIASES.has(name)) return { kind: 'default' }
  if (ALIAS.test(name)) return { kind: 'alias', alias: name }
  throw malformed()
}

function malformed(): StoreError {
  return new StoreError(
    'KeyIdMalformed',
    'The key must be named by its id, its ARN or an alias such as alias/example',
  )
}
