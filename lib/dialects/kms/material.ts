import { StoreError } from '../../errors.ts'
import type { Rotation } from '../../kms/operations.ts'
import { base64, seconds } from './answers.ts'
import { blob, instant, oneOf, oneSupported, whole, type Members } from './members.ts'
import { continued, nothing, onKey, page, type Spellings } from './spelling.ts'

export const rotation: Spellings<
  | 'GetKeyRotationStatus'
  | 'EnableKeyRotation'
  | 'DisableKeyRotation'
  | 'RotateKeyOnDemand'
  | 'ListKeyRotations'
> = {
  GetKeyRotationStatus: {
    read: onKey,
    write: ({ keyArn, enabled, periodDays, nextAt, onDemandStartedAt }) => ({
      KeyId: keyArn,
      KeyRotationEnabled: enabled,
      ...(periodDays !== undefined && { RotationPeriodInDays: periodDays }),
      ...(nextAt !== undefined && { NextRotationDate: seconds(nextAt) }),
      ...(onDemandStartedAt !== undefined && { OnDemandRotationStartDate: seconds(onDemandStartedAt) }),
    }),
  },
  EnableKeyRotation: {
    read: (members) => ({
      ...onKey(members),
      periodDays: members.optional('RotationPeriodInDays', whole(90, 2560)),
    }),
    write: nothing,
  },
  DisableKeyRotation: { read: onKey, write: nothing },
  RotateKeyOnDemand: { read: onKey, write: ({ keyArn }) => ({ KeyId: keyArn }) },
  ListKeyRotations: {
    read: (members) => {
      // Ids of key material, which ALL_KEY_MATERIAL would tell, are an AWS detail that we do not have.
      members.optional('IncludeKeyMaterial', oneSupported(['ROTATIONS_ONLY'], ['ALL_KEY_MATERIAL']))
      return { ...onKey(members), ...page(members) }
    },
    write: ({ items, nextMarker }, { keyId }) => ({
      Rotations: items.filter(isRotation).map(({ at, type }) => ({
        ...(!keyId.includes('alias/') && { KeyId: keyId }),
        RotationDate: seconds(at),
        RotationType: type === 'AUTOMATIC' ? 'AUTOMATIC' : 'ON_DEMAND',
      })),
      ...continued(nextMarker),
    }),
  },
}

/** KMS lists what replaced a version, not how the first one came to be. A page may so be shorter than its limit. */
function isRotation({ version, type }: Rotation): boolean {
  return type !== 'CREATION' && version > 1
}

const EXPIRES = 'KEY_MATERIAL_EXPIRES'
const expirationModel = oneOf(EXPIRES, 'KEY_MATERIAL_DOES_NOT_EXPIRE')
const wrappingAlgorithm = oneSupported(
  ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
  ['RSAES_PKCS1_V1_5', 'RSA_AES_KEY_WRAP_SHA_1', 'RSA_AES_KEY_WRAP_SHA_256', 'SM2PKE'],
)
const wrappingKeySpec = oneSupported(['RSA_2048', 'RSA_3072', 'RSA_4096'], ['SM2'])

export const importing: Spellings<
  'GetParametersForImport' | 'ImportKeyMaterial' | 'DeleteImportedKeyMaterial'
> = {
  GetParametersForImport: {
    read: (members) => ({
      ...onKey(members),
      algorithm: members.required('WrappingAlgorithm', wrappingAlgorithm),
      wrappingKeySpec: members.required('WrappingKeySpec', wrappingKeySpec),
    }),
    write: ({ keyArn, importToken, publicKey, validTo }) => ({
      KeyId: keyArn,
      ImportToken: base64(importToken),
      PublicKey: base64(publicKey),
      ParametersValidTo: seconds(validTo),
    }),
  },
  ImportKeyMaterial: {
    read: (members) => {
      members.refuse('KeyMaterialId', 'KeyMaterialDescription')
      // Either word: the service knows whether there is material yet, and takes only the same a second time.
      members.optional('ImportType', oneOf('NEW_KEY_MATERIAL', 'EXISTING_KEY_MATERIAL'))
      return {
        ...onKey(members),
        importToken: members.required('ImportToken', blob(1, 6144)),
        encryptedKeyMaterial: members.required('EncryptedKeyMaterial', blob(1, 6144)),
        validTo: readExpiry(members),
      }
    },
    write: nothing,
  },
  DeleteImportedKeyMaterial: {
    read: (members) => {
      members.refuse('KeyMaterialId')
      return onKey(members)
    },
    write: nothing,
  },
}

/** Material expires unless said otherwise, and then must say when (KMS API Reference, ImportKeyMaterial). */
function readExpiry(members: Members): number | undefined {
  const expires = (members.optional('ExpirationModel', expirationModel) ?? EXPIRES) === EXPIRES
  const validTo = members.optional('ValidTo', instant)
  if (expires === (validTo !== undefined)) return validTo
  throw new StoreError(
    'InvalidArgument',
    expires
      ? 'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES'
      : 'A validTo date may not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE',
  )
}
