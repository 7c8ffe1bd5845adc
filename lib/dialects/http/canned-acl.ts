import { StoreError } from '../../errors.ts'
import type { CannedAcl } from '../../store/model.ts'
import { childOf, childrenOf, malformed, textOf, type XmlElement } from './xml-read.ts'
import type { XmlNode } from './xml-write.ts'

/** Whom a grant is given to, as far as that exists here: the bucket's owner, everybody, or everybody who signs. */
export type Grantee = 'owner' | 'everybody' | 'signed'

interface Grant {
  grantee: Grantee
  /** READ, WRITE, READ_ACP, WRITE_ACP or FULL_CONTROL */
  permission: string
}

type GroupGrant = Grant & { grantee: Exclude<Grantee, 'owner'> }

/** What each canned ACL grants beside the owner's full control (S3 user guide, "Canned ACL"; Tencent, document 436/30752). */
const GRANTED: readonly (readonly [CannedAcl, readonly GroupGrant[]])[] = [
  ['private', []],
  ['public-read', [{ grantee: 'everybody', permission: 'READ' }]],
  [
    'public-read-write',
    [
      { grantee: 'everybody', permission: 'READ' },
      { grantee: 'everybody', permission: 'WRITE' },
    ],
  ],
  ['authenticated-read', [{ grantee: 'signed', permission: 'READ' }]],
]

/**
 * The canned ACL that says the same as these grants. What the owner is granted is his anyway.
 * @throws StoreError NotImplemented where there is none
 */
function cannedAcl(grants: readonly Grant[]): CannedAcl {
  const named = (of: readonly Grant[]): string =>
    [...new Set(of.map(({ grantee, permission }) => `${grantee} ${permission}`))].sort().join()
  const asked = named(grants.filter(({ grantee }) => grantee !== 'owner'))
  const found = GRANTED.find(([, granted]) => named(granted) === asked)
  if (found === undefined) throw grantNotImplemented()
  return found[0]
}

/** Grants to somebody in particular, and others than to read and to write, are what policies are for. */
export function grantNotImplemented(): StoreError {
  return new StoreError(
    'NotImplemented',
    'Grants other than those of the canned ACLs are not implemented; use a bucket policy.',
  )
}

/** URIs of the two groups. */
export type GroupNames = Readonly<Record<Exclude<Grantee, 'owner'>, string>>

/** Who an id or a URI names, as this vendor and this bucket's owner have it. @throws StoreError NotImplemented for anybody else */
export type GranteeOf = (id: string | undefined, uri: string | undefined) => Grantee

/** Names of grant headers behind their prefix. */
const PERMISSIONS: ReadonlyMap<string, string> = new Map([
  ['read', 'READ'],
  ['write', 'WRITE'],
  ['read-acp', 'READ_ACP'],
  ['write-acp', 'WRITE_ACP'],
  ['full-control', 'FULL_CONTROL'],
])

/**
 * The ACL that grant headers ask for: `id="…", uri="…"`, with the marks or without.
 * @param headers names behind their prefix, and values
 * @throws StoreError NotImplemented
 */
export function aclOfGrantHeaders(
  headers: readonly (readonly [name: string, value: string])[],
  granteeOf: GranteeOf,
): CannedAcl {
  return cannedAcl(
    headers.flatMap(([name, value]) => {
      const permission = PERMISSIONS.get(name)
      if (permission === undefined) throw grantNotImplemented()
      return granteesOf(value).map(([kind, who]) => ({
        grantee: granteeOf(kind === 'id' ? who : undefined, kind === 'uri' ? who : undefined),
        permission,
      }))
    }),
  )
}

function granteesOf(header: string): (readonly [kind: string, value: string])[] {
  return header
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [, kind = '', value = ''] = /^([A-Za-z]+)\s*=\s*"?([^"]*)"?$/.exec(entry) ?? []
      return [kind.toLowerCase(), value]
    })
}

/** `<AccessControlPolicy><AccessControlList><Grant>…`. @throws StoreError MalformedXML | NotImplemented */
export function aclOfDocument(document: XmlElement, granteeOf: GranteeOf): CannedAcl {
  const list = childOf(document, 'AccessControlList')
  if (list === undefined) throw malformed()
  return cannedAcl(
    childrenOf(list, 'Grant').map((grant) => {
      const grantee = childOf(grant, 'Grantee')
      const permission = textOf(grant, 'Permission')?.trim()
      if (grantee === undefined || !permission) throw malformed()
      return {
        grantee: granteeOf(textOf(grantee, 'ID')?.trim(), textOf(grantee, 'URI')?.trim()),
        permission,
      }
    }),
  )
}

const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

/** What stands in `<AccessControlPolicy>`: the owner may do everything, the groups what the ACL gives them. */
export function aclNodes(acl: CannedAcl, owner: XmlNode[], groups: GroupNames): XmlNode[] {
  const node = (grantee: XmlNode, permission: string): XmlNode => [
    'Grant',
    [grantee, ['Permission', permission]],
  ]
  const full = node(['Grantee', owner, `${XSI} xsi:type="CanonicalUser"`], 'FULL_CONTROL')
  const granted = GRANTED.find(([name]) => name === acl)![1].map(({ grantee, permission }) =>
    node(['Grantee', [['URI', groups[grantee]]], `${XSI} xsi:type="Group"`], permission),
  )
  return [
    ['Owner', owner],
    ['AccessControlList', [full, ...granted]],
  ]
}
