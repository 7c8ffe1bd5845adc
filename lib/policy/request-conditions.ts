import type { ConditionFacts } from './model.ts'

/** What every question tells of the request it comes from. */
export function requestConditions(request: {
  remoteAddress?: string | undefined
  secure: boolean
}): ConditionFacts {
  return { 'aws:SourceIp': request.remoteAddress, 'aws:SecureTransport': String(request.secure) }
}

/** An encryption context as the condition keys of KMS (KMS Developer Guide, "kms:EncryptionContext:context-key"). */
export function encryptionContextConditions(context: Readonly<Record<string, string>>): ConditionFacts {
  const conditions: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(context)) conditions[`kms:EncryptionContext:${name}`] = value
  if (Object.keys(context).length > 0) conditions['kms:EncryptionContextKeys'] = Object.keys(context)
  return conditions
}
