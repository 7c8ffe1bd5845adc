import { keyRoute } from '@/app/_request/key-route'
import { jsonBody } from '@/app/_request/route'
import { importMaterialSchema, importParametersQuerySchema } from '@/lib/console/schemas-keys'

/** A fresh wrapping key and the token that goes with it, both valid for 24 hours. */
export const GET = keyRoute(async ({ query, runKey, params: { keyId } }) => {
  const { wrappingKeySpec } = importParametersQuerySchema.parse(query)
  const algorithm = 'RSAES_OAEP_SHA_256'
  const answer = await runKey('GetParametersForImport', { keyId, algorithm, wrappingKeySpec })
  return {
    publicKey: answer.publicKey.toString('base64'),
    importToken: answer.importToken.toString('base64'),
    validTo: answer.validTo,
  }
})

export const POST = keyRoute(async ({ request, runKey, params: { keyId } }) => {
  const { importToken, encryptedKeyMaterial, validTo } = await jsonBody(request, importMaterialSchema)
  await runKey('ImportKeyMaterial', {
    keyId,
    importToken: Buffer.from(importToken, 'base64'),
    encryptedKeyMaterial: Buffer.from(encryptedKeyMaterial, 'base64'),
    validTo,
  })
  return {}
})

export const DELETE = keyRoute(async ({ runKey, params: { keyId } }) => {
  await runKey('DeleteImportedKeyMaterial', { keyId })
  return {}
})
