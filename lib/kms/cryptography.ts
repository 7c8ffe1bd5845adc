import { randomBytes } from 'node:crypto'
import { StoreError } from '../errors.ts'
import type { KeyEntry } from '../keys/key-directory.ts'
import { openCiphertext, parseCiphertext, sealCiphertext } from './ciphertext.ts'
import type { ParsedCiphertext } from './ciphertext.ts'
import { checkContext } from './encryption-context.ts'
import { checkGrantTokens } from './grant-tokens.ts'
import { arnOf, authorize } from './key-lookup.ts'
import type { KeyRequest, KeyResult } from './operations.ts'
import type { KeyServiceDeps, Scope, SomeUseCases } from './use-case.ts'

/** Encrypt, GenerateDataKey and GenerateRandom (KMS API Reference). */
const MAX_PLAINTEXT = 4096
const MAX_RANDOM = 1024

type Names =
  | 'GenerateDataKey'
  | 'GenerateDataKeyWithoutPlaintext'
  | 'Encrypt'
  | 'Decrypt'
  | 'ReEncrypt'
  | 'GenerateRandom'
type Context = Record<string, string>

export const cryptography: SomeUseCases<Names> = {
  GenerateDataKey: (deps, request, scope) => newDataKey(deps, request, scope, 'kms:GenerateDataKey'),
  GenerateDataKeyWithoutPlaintext: async (deps, request, scope) => {
    const made = await newDataKey(deps, request, scope, 'kms:GenerateDataKeyWithoutPlaintext')
    made.plaintext.fill(0)
    return { keyArn: made.keyArn, ciphertext: made.ciphertext }
  },
  Encrypt: async (deps, { keyId, grantTokens, plaintext, context }, scope) => {
    checkLength('plaintext', plaintext.length, MAX_PLAINTEXT)
    checkUse(grantTokens, context)
    const key = await namedKey(deps, scope, keyId, 'kms:Encrypt', context)
    const { ciphertext, keyVersion } = await sealCiphertext(deps.managedKeys, key, plaintext, context)
    scope.trail.version(keyVersion)
    return { keyArn: await arnOf(deps, key), ciphertext }
  },
  Decrypt: async (deps, { keyId, grantTokens, ciphertext, context }, scope) => {
    checkUse(grantTokens, context)
    const parsed = parseCiphertext(ciphertext)
    const key = await keyOfCiphertext(deps, scope, parsed, keyId, 'kms:Decrypt', context)
    const plaintext = await openCiphertext(deps.managedKeys, key, parsed, context)
    return { keyArn: await arnOf(deps, key), plaintext }
  },
  ReEncrypt: async (deps, request, scope) => {
    const { grantTokens, sourceContext, destinationContext } = request
    checkUse(grantTokens, sourceContext)
    checkContext(destinationContext)
    const parsed = parseCiphertext(request.ciphertext)
    const [from, to] = ['kms:ReEncryptFrom', 'kms:ReEncryptTo'] as const
    const source = await keyOfCiphertext(deps, scope, parsed, request.sourceKeyId, from, sourceContext)
    const target = await namedKey(deps, scope, request.destinationKeyId, to, destinationContext)
    const plaintext = await openCiphertext(deps.managedKeys, source, parsed, sourceContext)
    try {
      const sealed = await sealCiphertext(deps.managedKeys, target, plaintext, destinationContext)
      scope.trail.version(sealed.keyVersion)
      const arns = { sourceKeyArn: await arnOf(deps, source), keyArn: await arnOf(deps, target) }
      return { ciphertext: sealed.ciphertext, ...arns }
    } finally {
      plaintext.fill(0)
    }
  },
  GenerateRandom: async (deps, { bytes }, scope) => {
    checkLength('numberOfBytes', bytes, MAX_RANDOM)
    await authorize(deps, scope, 'kms:GenerateRandom')
    return randomBytes(bytes)
  },
}

async function newDataKey(
  deps: KeyServiceDeps,
  { keyId, grantTokens, bytes, context }: KeyRequest<'GenerateDataKey'>,
  scope: Scope,
  action: `kms:${string}`,
): Promise<KeyResult<'GenerateDataKey'>> {
  checkLength('numberOfBytes', bytes, MAX_RANDOM)
  checkUse(grantTokens, context)
  const key = await namedKey(deps, scope, keyId, action, context)
  const plaintext = randomBytes(bytes)
  const { ciphertext, keyVersion } = await sealCiphertext(deps.managedKeys, key, plaintext, context)
  scope.trail.version(keyVersion)
  return { keyArn: await arnOf(deps, key), ciphertext, plaintext }
}

/** @throws StoreError KeyNotFound | KeyIdMalformed | KeyInOtherRegion | AccessDenied */
async function namedKey(
  deps: KeyServiceDeps,
  scope: Scope,
  keyRef: string,
  action: `kms:${string}`,
  encryptionContext: Context,
): Promise<KeyEntry> {
  const key = await deps.names.find(scope.caller.projectId, keyRef)
  scope.trail.key(key, action)
  scope.trail.note({ contextKeys: Object.keys(encryptionContext).join(',') })
  await authorize(deps, scope, action, key, { encryptionContext })
  return key
}

/**
 * The key that a ciphertext names. Of a key that is not here KMS says AccessDenied: who holds a ciphertext shall not
 * learn whose it is.
 * @throws StoreError AccessDenied | IncorrectKey
 */
async function keyOfCiphertext(
  deps: KeyServiceDeps,
  scope: Scope,
  parsed: ParsedCiphertext,
  expectedRef: string | undefined,
  action: `kms:${string}`,
  context: Context,
): Promise<KeyEntry> {
  const { projectId } = scope.caller
  if ((await deps.directory.byId(projectId, parsed.keyId)) === undefined)
    throw new StoreError(
      'AccessDenied',
      'The ciphertext refers to a key that does not exist here, or that you are not allowed to access.',
    )
  const key = await namedKey(deps, scope, parsed.keyId, action, context)
  scope.trail.version(parsed.keyVersion)
  if (expectedRef !== undefined && (await deps.names.find(projectId, expectedRef)).keyId !== key.keyId)
    throw new StoreError('IncorrectKey', 'The ciphertext was made under another key', { keyId: key.keyId })
  return key
}

function checkUse(grantTokens: readonly string[], context: Context): void {
  checkGrantTokens(grantTokens)
  checkContext(context)
}

function checkLength(argument: string, bytes: number, maximum: number): void {
  if (Number.isInteger(bytes) && bytes >= 1 && bytes <= maximum) return
  throw new StoreError('InvalidArgument', `${argument} must be from 1 to ${maximum} bytes`, { argument })
}
