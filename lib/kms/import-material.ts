import { StoreError } from '../errors.ts'
import type { KeyEntry } from '../keys/key-directory.ts'
import {
  IMPORT_TOKEN_MS,
  decryptedMaterial,
  newWrappingKey,
  openImportToken,
  sealImportToken,
} from './import-token.ts'
import { arnOf, authorizedKey, unsupported } from './key-lookup.ts'
import type { KeyRequest } from './operations.ts'
import { importedMaterialDeleted, materialImported, requireImportable } from './transitions.ts'
import type { KeyServiceDeps, SomeUseCases } from './use-case.ts'

type Names = 'GetParametersForImport' | 'ImportKeyMaterial' | 'DeleteImportedKeyMaterial'

export const importing: SomeUseCases<Names> = {
  GetParametersForImport: async (deps, { keyId, algorithm, wrappingKeySpec }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:GetParametersForImport')
    scope.trail.note({ algorithm, wrappingKeySpec })
    requireImportable(key, deps.now())
    const { publicKey, privateKey } = await newWrappingKey(wrappingKeySpec)
    const validTo = deps.now() + IMPORT_TOKEN_MS
    const importToken = sealImportToken(deps.sealer, key.keyId, { privateKey, algorithm, validTo })
    privateKey.fill(0)
    return { keyArn: await arnOf(deps, key), importToken, publicKey, validTo }
  },
  ImportKeyMaterial: async (deps, request, scope) => {
    const key = await authorizedKey(deps, scope, request.keyId, 'kms:ImportKeyMaterial')
    const { validTo } = request
    scope.trail.note({ expires: validTo !== undefined, ...(validTo !== undefined && { validTo }) })
    if (validTo !== undefined && !(validTo > deps.now()))
      throw new StoreError('InvalidArgument', 'The material must expire in the future', {
        argument: 'validTo',
      })
    requireImportable(key, deps.now())
    const wrapped = await wrappedByProvider(deps, key, request)
    const version = {
      keyId: key.keyId,
      version: key.currentVersion,
      ...wrapped,
      createdAt: deps.now(),
      reason: 'IMPORT' as const,
    }
    scope.trail.version(version.version)
    await deps.directory.change(key.keyId, (current) =>
      materialImported(current, deps.now(), version, validTo),
    )
  },
  DeleteImportedKeyMaterial: async (deps, { keyId }, scope) => {
    const key = await authorizedKey(deps, scope, keyId, 'kms:DeleteImportedKeyMaterial')
    await deps.directory.change(key.keyId, (current) => importedMaterialDeleted(current, deps.now()))
  },
}

/** The material from the request, as the provider keeps it; in the open only between these lines. */
async function wrappedByProvider(
  { provider, sealer, now }: KeyServiceDeps,
  key: KeyEntry,
  { importToken, encryptedKeyMaterial }: KeyRequest<'ImportKeyMaterial'>,
) {
  if (provider.importKeyVersion === undefined)
    throw unsupported('The key service of this key takes no material from outside', key)
  const token = openImportToken(sealer, key.keyId, importToken, now())
  const material = decryptedMaterial(token, encryptedKeyMaterial)
  try {
    const { keyId, spec, provider: service, providerKey, currentVersion } = key
    const name = { keyId, spec, provider: service, providerKey, version: currentVersion }
    return await provider.importKeyVersion(name, material)
  } finally {
    material.fill(0)
  }
}
