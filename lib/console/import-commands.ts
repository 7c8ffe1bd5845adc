import { MATERIAL_BYTES, type KeySpec } from './schemas-keys.ts'

/** Names of the files that go to and fro in an import, as AWS KMS calls them. */
export const IMPORT_FILES = {
  material: 'PlaintextKeyMaterial.bin',
  wrappingKey: 'WrappingPublicKey.bin',
  token: 'ImportToken.bin',
  encrypted: 'EncryptedKeyMaterial.bin',
} as const

/**
 * Makes material and encrypts it under the wrapping key (KMS Developer Guide, "Step 3: Encrypt the key material"):
 * RSAES_OAEP_SHA_256, where both digests are SHA-256. OpenSSL 1.1.1 or newer; e2e runs the lines as they are.
 */
export function importCommands(spec: KeySpec): string {
  const { material, wrappingKey, encrypted } = IMPORT_FILES
  return [
    `openssl rand -out ${material} ${MATERIAL_BYTES[spec]}`,
    [
      `openssl pkeyutl -encrypt -in ${material} -out ${encrypted}`,
      `-pubin -keyform DER -inkey ${wrappingKey}`,
      '-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256',
    ].join(' \\\n  '),
  ].join('\n')
}
