import { StoreError } from '../../errors.ts'
import type { KeyRequest } from '../../kms/operations.ts'
import { base64 } from './answers.ts'
import { blob, oneOf, oneSupported, whole, type Members } from './members.ts'
import { contextNamed, grantTokens, keyNamed, keyNamedOrNot, onKey, type Spellings } from './spelling.ts'

const plaintext = blob(1, 4096)
const ciphertext = blob(1, 6144)
const numberOfBytes = whole(1, 1024)
const algorithm = oneSupported(['SYMMETRIC_DEFAULT'], ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE'])
const ALGORITHM = 'SYMMETRIC_DEFAULT'

export const cryptography: Spellings<
  | 'Encrypt'
  | 'Decrypt'
  | 'ReEncrypt'
  | 'GenerateDataKey'
  | 'GenerateDataKeyWithoutPlaintext'
  | 'GenerateRandom'
> = {
  Encrypt: {
    secret: true,
    read: (members) => {
      checkMode(members, 'EncryptionAlgorithm')
      return {
        ...onKey(members),
        ...grantTokens(members),
        plaintext: members.required('Plaintext', plaintext),
        context: contextNamed(members, 'EncryptionContext'),
      }
    },
    write: ({ ciphertext: blob, keyArn }) => ({
      CiphertextBlob: base64(blob),
      KeyId: keyArn,
      EncryptionAlgorithm: ALGORITHM,
    }),
  },
  Decrypt: {
    secret: true,
    read: (members) => {
      checkMode(members, 'EncryptionAlgorithm')
      return {
        ...grantTokens(members),
        keyId: keyNamedOrNot(members, 'KeyId'),
        ciphertext: members.required('CiphertextBlob', ciphertext),
        context: contextNamed(members, 'EncryptionContext'),
      }
    },
    write: ({ plaintext: bytes, keyArn }) => ({
      KeyId: keyArn,
      Plaintext: base64(bytes),
      EncryptionAlgorithm: ALGORITHM,
    }),
  },
  ReEncrypt: {
    read: (members) => {
      checkMode(members, 'SourceEncryptionAlgorithm', 'DestinationEncryptionAlgorithm')
      return {
        ...grantTokens(members),
        ciphertext: members.required('CiphertextBlob', ciphertext),
        sourceKeyId: keyNamedOrNot(members, 'SourceKeyId'),
        sourceContext: contextNamed(members, 'SourceEncryptionContext'),
        destinationKeyId: keyNamed(members, 'DestinationKeyId'),
        destinationContext: contextNamed(members, 'DestinationEncryptionContext'),
      }
    },
    write: ({ ciphertext: blob, sourceKeyArn, keyArn }) => ({
      CiphertextBlob: base64(blob),
      SourceKeyId: sourceKeyArn,
      KeyId: keyArn,
      SourceEncryptionAlgorithm: ALGORITHM,
      DestinationEncryptionAlgorithm: ALGORITHM,
    }),
  },
  GenerateDataKey: {
    secret: true,
    read: readDataKeyRequest,
    write: ({ ciphertext: blob, plaintext: bytes, keyArn }) => ({
      CiphertextBlob: base64(blob),
      Plaintext: base64(bytes),
      KeyId: keyArn,
    }),
  },
  GenerateDataKeyWithoutPlaintext: {
    read: readDataKeyRequest,
    write: ({ ciphertext: blob, keyArn }) => ({ CiphertextBlob: base64(blob), KeyId: keyArn }),
  },
  GenerateRandom: {
    secret: true,
    read: (members) => {
      members.refuse('Recipient', 'CustomKeyStoreId')
      return { bytes: members.required('NumberOfBytes', numberOfBytes) }
    },
    write: (bytes) => ({ Plaintext: base64(bytes) }),
  },
}

function readDataKeyRequest(members: Members): KeyRequest<'GenerateDataKey'> {
  checkMode(members)
  return {
    ...onKey(members),
    ...grantTokens(members),
    bytes: dataKeyBytes(members),
    context: contextNamed(members, 'EncryptionContext'),
  }
}

/** `KeySpec` or `NumberOfBytes`, never both (KMS API Reference, GenerateDataKey). */
function dataKeyBytes(members: Members): number {
  const spec = members.optional('KeySpec', oneOf('AES_256', 'AES_128'))
  const bytes = members.optional('NumberOfBytes', numberOfBytes)
  if ((spec === undefined) === (bytes === undefined))
    throw new StoreError('InvalidArgument', 'Please specify either number of bytes or key spec.')
  return bytes ?? (spec === 'AES_128' ? 16 : 32)
}

function checkMode(members: Members, ...algorithms: string[]): void {
  members.refuse('DryRun', 'DryRunModifiers', 'Recipient')
  for (const name of algorithms) members.optional(name, algorithm)
}
