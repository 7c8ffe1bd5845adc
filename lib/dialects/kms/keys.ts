import type { KeyMetadata, KeySpec } from '../../kms/operations.ts'
import type { KeyState } from '../../keys/keyring.ts'
import { seconds } from './answers.ts'
import { flag, listOf, oneSupported, structure, text, whole, type Members } from './members.ts'
import {
  continued,
  grantTokens,
  keyNamed,
  keyNamedOrNot,
  nothing,
  onKey,
  page,
  type Spellings,
} from './spelling.ts'

/**
 * AWS's words for what is no symmetric encryption key. `SYMMETRIC_DEFAULT` is AES-256; `SM4` is our addition,
 * for which AWS has no word (its China regions have SM2 only; Aliyun's `Aliyun_SM4` is that dialect's affair).
 */
const UNSUPPORTED_SPECS = [
  ...['RSA_2048', 'RSA_3072', 'RSA_4096', 'SM2', 'HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512'],
  ...['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521', 'ECC_SECG_P256K1', 'ECC_NIST_EDWARDS25519'],
  ...['ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87'],
]
const specWord = oneSupported(['SYMMETRIC_DEFAULT', 'SM4'], UNSUPPORTED_SPECS)
const usage = oneSupported(['ENCRYPT_DECRYPT'], ['SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT'])
const origin = oneSupported(['AWS_KMS', 'EXTERNAL'], ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'])
const tags = listOf(structure(tag), 0, 50)
const tagKeys = listOf(text(1, 128), 0, 50)

export const keys: Spellings<
  | 'CreateKey'
  | 'DescribeKey'
  | 'ListKeys'
  | 'UpdateKeyDescription'
  | 'EnableKey'
  | 'DisableKey'
  | 'ScheduleKeyDeletion'
  | 'CancelKeyDeletion'
  | 'TagResource'
  | 'UntagResource'
  | 'ListResourceTags'
> = {
  CreateKey: {
    read: (members) => {
      members.refuse('MultiRegion', 'XksKeyId')
      members.optional('KeyUsage', usage)
      // The check is never left out here: a key nobody may manage would be a key nobody can delete.
      members.optional('BypassPolicyLockoutSafetyCheck', flag)
      return {
        spec: readSpec(members),
        origin: members.optional('Origin', origin) ?? 'AWS_KMS',
        description: members.optional('Description', text(0, 8192)) ?? '',
        tags: members.optional('Tags', tags) ?? [],
        policy: members.optional('Policy', text(1, 131_072)),
        alias: undefined,
        provider: members.optional('CustomKeyStoreId', text(1, 64)),
      }
    },
    write: describe,
  },
  DescribeKey: { read: (members) => ({ ...onKey(members), ...grantTokens(members) }), write: describe },
  ListKeys: {
    read: page,
    write: ({ items, nextMarker }) => ({
      Keys: items.map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })),
      ...continued(nextMarker),
    }),
  },
  UpdateKeyDescription: {
    read: (members) => ({ ...onKey(members), description: members.required('Description', text(0, 8192)) }),
    write: nothing,
  },
  EnableKey: { read: onKey, write: nothing },
  DisableKey: { read: onKey, write: nothing },
  ScheduleKeyDeletion: {
    // What depends on the key is destroyed only from the console, where its owner sees what that is.
    read: (members) => ({
      ...onKey(members),
      pendingWindowDays: members.optional('PendingWindowInDays', whole(7, 30)),
      destroyDependents: undefined,
    }),
    write: ({ keyArn, state, deletionAt }, { pendingWindowDays = 30 }) => ({
      KeyId: keyArn,
      DeletionDate: seconds(deletionAt),
      KeyState: stateWord(state),
      PendingWindowInDays: pendingWindowDays,
    }),
  },
  CancelKeyDeletion: { read: onKey, write: ({ keyArn }) => ({ KeyId: keyArn }) },
  TagResource: {
    read: (members) => ({ ...onKey(members), tags: members.required('Tags', tags) }),
    write: nothing,
  },
  UntagResource: {
    read: (members) => ({ ...onKey(members), tagKeys: members.required('TagKeys', tagKeys) }),
    write: nothing,
  },
  ListResourceTags: {
    read: (members) => ({ ...onKey(members), ...page(members) }),
    write: ({ items, nextMarker }) => ({
      Tags: items.map(({ key, value }) => ({ TagKey: key, TagValue: value })),
      ...continued(nextMarker),
    }),
  },
}

const aliasName = text(1, 256)

export const aliases: Spellings<'CreateAlias' | 'UpdateAlias' | 'DeleteAlias' | 'ListAliases'> = {
  CreateAlias: { read: aliasOfKey, write: nothing },
  UpdateAlias: { read: aliasOfKey, write: nothing },
  DeleteAlias: {
    read: (members) => ({ alias: members.required('AliasName', aliasName) }),
    write: nothing,
  },
  ListAliases: {
    read: (members) => ({ ...page(members), keyId: keyNamedOrNot(members, 'KeyId') }),
    write: ({ items, nextMarker }) => ({
      Aliases: items.map(({ alias, arn, keyId, createdAt }) => ({
        AliasName: alias,
        AliasArn: arn,
        TargetKeyId: keyId,
        CreationDate: seconds(createdAt),
      })),
      ...continued(nextMarker),
    }),
  },
}

function aliasOfKey(members: Members): { alias: string; keyId: string } {
  return { alias: members.required('AliasName', aliasName), keyId: keyNamed(members, 'TargetKeyId') }
}

function tag(members: Members): { key: string; value: string } {
  return { key: members.required('TagKey', text(1, 128)), value: members.required('TagValue', text(0, 256)) }
}

/** `CustomerMasterKeySpec` is KeySpec's old name, which old clients still send. */
function readSpec(members: Members): KeySpec {
  const word = members.optional('KeySpec', specWord) ?? members.optional('CustomerMasterKeySpec', specWord)
  return word === 'SM4' ? 'SM4' : 'AES_256'
}

function describe(key: KeyMetadata): object {
  const spec = key.spec === 'SM4' ? 'SM4' : 'SYMMETRIC_DEFAULT'
  return {
    KeyMetadata: {
      AWSAccountId: key.account,
      KeyId: key.keyId,
      Arn: key.arn,
      CreationDate: seconds(key.createdAt),
      Enabled: key.state === 'Enabled',
      Description: key.description,
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyState: stateWord(key.state),
      ...(key.deletionAt !== undefined && { DeletionDate: seconds(key.deletionAt) }),
      ...expiry(key),
      Origin: key.origin,
      ...(key.provider !== EMBEDDED && { CustomKeyStoreId: key.provider }),
      // As with AWS's own keys in an account: members use the project's default key and change nothing about it.
      KeyManager: key.isDefault ? 'AWS' : 'CUSTOMER',
      CustomerMasterKeySpec: spec,
      KeySpec: spec,
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      MultiRegion: false,
    },
  }
}

/** The provider that is no external key service. */
const EMBEDDED = 'embedded'

function expiry({ origin, state, validTo }: KeyMetadata): object {
  if (origin !== 'EXTERNAL' || state === 'PendingImport') return {}
  if (validTo === undefined) return { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
  return { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: seconds(validTo) }
}

/** KMS forgets a destroyed key, so it has no word for one; `Unavailable` is the state in which nothing works. */
function stateWord(state: KeyState): string {
  return state === 'Destroyed' ? 'Unavailable' : state
}
