import { z } from 'zod'
import type { KeyEntry, KeyVersionRow } from '../keys/key-repository.ts'
import { ROOT_SECRET_BYTES } from '../keys/root/root-key.ts'
import { versionName } from './backup-record.ts'
import { BackupError } from './backup-error.ts'

export type StoredKey = KeyEntry & { versions: KeyVersionRow[] }

/** All that a database knows of keys, at one moment. */
export interface StoredKeys {
  rootCheckValue: Buffer | undefined
  projects: ProjectFacts[]
  keys: StoredKey[]
}

/** Service-managed keys (SSE-S3) are derived from the root by project and period: these are the facts they need. */
export interface ProjectFacts {
  projectId: string
  name: string
  accountNumber: string
}

/** What is sealed. Whoever has it can decrypt everything but objects under customers' own keys. */
export interface KeyBackup {
  backupId: string
  /** when the keys were read, ms since the epoch */
  createdAt: number
  root: { secret: Buffer; version: number; checkValue: Buffer }
  serviceKeys: { periodDays: number; projects: ProjectFacts[] }
  keys: StoredKey[]
}

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'))
const time = z.int().nonnegative()

const versionSchema = z.strictObject({
  keyId: z.string(),
  version: z.int().nonnegative(),
  wrappedMaterial: base64,
  checkValue: base64,
  createdAt: time,
  reason: z.enum(['CREATION', 'AUTOMATIC', 'ON_DEMAND', 'IMPORT']),
})

const absent = <T extends z.ZodType>(type: T) => type.nullable().transform((value) => value ?? undefined)

const keySchema = z.strictObject({
  keyId: z.string(),
  projectId: z.string(),
  spec: z.enum(['AES_256', 'SM4']),
  state: z.enum(['Enabled', 'Disabled', 'PendingImport', 'PendingDeletion', 'Destroyed']),
  origin: z.enum(['AWS_KMS', 'EXTERNAL']),
  isDefault: z.boolean(),
  description: z.string(),
  currentVersion: z.int().nonnegative(),
  createdAt: time,
  provider: z.string(),
  providerKey: absent(z.string()),
  deletionAt: absent(time),
  destroyDependents: z.boolean(),
  rotationDays: absent(z.int()),
  nextRotationAt: absent(time),
  validTo: absent(time),
  policy: absent(z.string()),
  tags: z.record(z.string(), z.string()),
  aliases: z.array(z.string()),
  versions: z.array(versionSchema),
})

const factsSchema = z.strictObject({
  backupId: z.uuid(),
  createdAt: time,
  rootVersion: z.int().min(1).max(255),
  rootCheckValue: base64,
  serviceKeys: z.strictObject({
    periodDays: z.int().positive(),
    projects: z.array(z.strictObject({ projectId: z.string(), name: z.string(), accountNumber: z.string() })),
  }),
  keys: z.array(keySchema),
})

/**
 * The payload: root secret(32) ‖ JSON of all the rest. The secret stays out of the JSON, because texts cannot be
 * wiped from memory. The caller wipes the result.
 */
export function encodeBackup({ root, keys, ...facts }: KeyBackup): Buffer {
  const json = {
    ...facts,
    rootVersion: root.version,
    rootCheckValue: root.checkValue.toString('base64'),
    keys: keys.map(keyJson),
  }
  return Buffer.concat([root.secret, Buffer.from(JSON.stringify(json, nullForUndefined))])
}

function keyJson({ versions, ...key }: StoredKey) {
  return {
    ...key,
    versions: versions.map((version) => ({
      ...version,
      wrappedMaterial: version.wrappedMaterial.toString('base64'),
      checkValue: version.checkValue.toString('base64'),
    })),
  }
}

/** JSON has no undefined, and would leave the property out. */
function nullForUndefined(_name: string, value: unknown): unknown {
  return value === undefined ? null : value
}

/** Wipes the payload; the caller wipes `root.secret`. @throws BackupError Damaged */
export function decodeBackup(payload: Buffer): KeyBackup {
  const secret = Buffer.from(payload.subarray(0, ROOT_SECRET_BYTES))
  try {
    const facts = factsSchema.parse(JSON.parse(payload.subarray(ROOT_SECRET_BYTES).toString()))
    const { rootVersion, rootCheckValue, ...rest } = facts
    return { ...rest, root: { secret, version: rootVersion, checkValue: rootCheckValue } }
  } catch {
    // Authentic, but not what this version writes: the parser's message would quote the text.
    throw new BackupError(
      'Damaged',
      'The backup opens, but this Coffer does not understand what is in it.',
      'Use the version of Coffer that made it.',
    )
  } finally {
    payload.fill(0)
  }
}

/** Key versions whose material is here. */
export function coveredVersions(keys: readonly StoredKey[]): string[] {
  return keys.flatMap(({ keyId, versions }) =>
    versions
      .filter(({ wrappedMaterial }) => wrappedMaterial.length > 0)
      .map(({ version }) => versionName(keyId, version)),
  )
}
