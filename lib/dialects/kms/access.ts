import type { Grant, GrantOperation } from '../../kms/operations.ts'
import { seconds } from './answers.ts'
import { flag, listOf, oneOf, oneSupported, structure, text, textMap, type Members } from './members.ts'
import { continued, keyNamedOrNot, nothing, onKey, page, type Spellings } from './spelling.ts'

const POLICY_NAME = 'default'
const policyName = oneOf(POLICY_NAME)

export const keyPolicies: Spellings<'GetKeyPolicy' | 'PutKeyPolicy' | 'ListKeyPolicies'> = {
  GetKeyPolicy: {
    read: (members) => {
      members.optional('PolicyName', policyName)
      return onKey(members)
    },
    write: (policy) => ({ Policy: policy, PolicyName: POLICY_NAME }),
  },
  PutKeyPolicy: {
    read: (members) => {
      members.optional('PolicyName', policyName)
      return {
        ...onKey(members),
        policy: members.required('Policy', text(1, 131_072)),
        bypassLockoutCheck: members.optional('BypassPolicyLockoutSafetyCheck', flag) ?? false,
      }
    },
    write: nothing,
  },
  ListKeyPolicies: {
    read: (members) => {
      page(members)
      return onKey(members)
    },
    write: (names) => ({ PolicyNames: names, ...continued(undefined) }),
  },
}

const principal = text(1, 256)
const grantId = text(1, 128)
const grantToken = text(1, 8192)
const GRANT_OPERATIONS: readonly GrantOperation[] = [
  'Encrypt',
  'Decrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'DescribeKey',
  'CreateGrant',
  'RetireGrant',
]
/** The other words are of asymmetric and HMAC keys. */
const grantOperation = oneSupported(GRANT_OPERATIONS, [
  ...['Sign', 'Verify', 'GetPublicKey', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'],
  ...['GenerateMac', 'VerifyMac', 'DeriveSharedSecret'],
])

export const grants: Spellings<'CreateGrant' | 'ListGrants' | 'RevokeGrant' | 'RetireGrant'> = {
  CreateGrant: {
    read: (members) => {
      members.refuse('DryRun')
      return {
        ...onKey(members),
        name: members.optional('Name', text(1, 256)),
        granteePrincipal: members.required('GranteePrincipal', principal),
        retiringPrincipal: members.optional('RetiringPrincipal', principal),
        operations: members.required('Operations', listOf(grantOperation, 1, 64)),
        constraints: members.optional('Constraints', structure(readConstraints)) ?? {},
      }
    },
    write: ({ grantId: id, grantToken: token }) => ({ GrantId: id, GrantToken: token }),
  },
  ListGrants: {
    read: (members) => ({
      ...onKey(members),
      ...page(members),
      grantId: members.optional('GrantId', grantId),
      granteePrincipal: members.optional('GranteePrincipal', principal),
    }),
    write: ({ items, nextMarker }) => ({ Grants: items.map(describeGrant), ...continued(nextMarker) }),
  },
  RevokeGrant: {
    read: (members) => {
      members.refuse('DryRun')
      return { ...onKey(members), grantId: members.required('GrantId', grantId) }
    },
    write: nothing,
  },
  RetireGrant: {
    read: (members) => {
      members.refuse('DryRun')
      return {
        grantToken: members.optional('GrantToken', grantToken),
        keyId: keyNamedOrNot(members, 'KeyId'),
        grantId: members.optional('GrantId', grantId),
      }
    },
    write: nothing,
  },
}

function readConstraints(members: Members): Grant['constraints'] {
  const subset = members.optional('EncryptionContextSubset', textMap)
  const equals = members.optional('EncryptionContextEquals', textMap)
  return {
    ...(subset !== undefined && { encryptionContextSubset: subset }),
    ...(equals !== undefined && { encryptionContextEquals: equals }),
  }
}

function describeGrant(grant: Omit<Grant, 'grantToken'>): object {
  const { encryptionContextSubset: subset, encryptionContextEquals: equals } = grant.constraints
  return {
    KeyId: grant.keyId,
    GrantId: grant.grantId,
    ...(grant.name !== undefined && { Name: grant.name }),
    CreationDate: seconds(grant.createdAt),
    GranteePrincipal: grant.granteePrincipal,
    ...(grant.retiringPrincipal !== undefined && { RetiringPrincipal: grant.retiringPrincipal }),
    IssuingAccount: grant.issuingAccount,
    Operations: grant.operations,
    ...((subset ?? equals) !== undefined && {
      Constraints: {
        ...(subset !== undefined && { EncryptionContextSubset: subset }),
        ...(equals !== undefined && { EncryptionContextEquals: equals }),
      },
    }),
  }
}
