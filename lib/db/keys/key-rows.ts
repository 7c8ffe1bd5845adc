import type { KeyAliasRow, KeyGrantRow, KeyRow, KeyVersionRow } from '../../keys/key-repository.ts'
import { bytes, count, flag, json, oneOf, optional, text, type SqlRow } from '../catalog/row-values.ts'

/** Rows of the key tables ↔ values of the keyring; columns and binders stand side by side (catalog/rows.ts). */
export type Value = string | number | Buffer | null

const SPECS = ['AES_256', 'SM4'] as const
const STATES = ['Enabled', 'Disabled', 'PendingImport', 'PendingDeletion', 'Destroyed'] as const
const ORIGINS = ['AWS_KMS', 'EXTERNAL'] as const
const REASONS = ['CREATION', 'AUTOMATIC', 'ON_DEMAND', 'IMPORT'] as const

/** One row of the table for each property: its column, and how its value is bound. */
const KEY_FIELDS: { [P in keyof KeyRow]: [column: string, bind: (value: KeyRow[P]) => Value] } = {
  keyId: ['key_id', (v) => v],
  projectId: ['project_id', (v) => v],
  spec: ['spec', (v) => v],
  state: ['state', (v) => v],
  origin: ['origin', (v) => v],
  isDefault: ['is_default', Number],
  description: ['description', (v) => v],
  currentVersion: ['current_version', (v) => v],
  createdAt: ['created_at', (v) => v],
  provider: ['provider', (v) => v],
  providerKey: ['provider_key', (v) => v ?? null],
  deletionAt: ['deletion_at', (v) => v ?? null],
  destroyDependents: ['destroy_dependents', Number],
  rotationDays: ['rotation_days', (v) => v ?? null],
  nextRotationAt: ['next_rotation_at', (v) => v ?? null],
  validTo: ['valid_to', (v) => v ?? null],
  policy: ['policy', (v) => v ?? null],
  tags: ['tags', (v) => JSON.stringify(v)],
}

export const KEY_COLUMNS = Object.values(KEY_FIELDS).map(([column]) => column)

/** Columns and values of the properties that are there. */
export function bindKey(key: Partial<KeyRow>): { columns: string[]; values: Value[] } {
  const names = (Object.keys(KEY_FIELDS) as (keyof KeyRow)[]).filter((name) => name in key)
  return { columns: names.map((name) => KEY_FIELDS[name][0]), values: names.map((name) => bound(key, name)) }
}

function bound<P extends keyof KeyRow>(key: Partial<KeyRow>, name: P): Value {
  return KEY_FIELDS[name][1](key[name] as KeyRow[P])
}

export function toKey(r: SqlRow): KeyRow {
  return {
    keyId: text(r, 'key_id'),
    projectId: text(r, 'project_id'),
    spec: oneOf(r, 'spec', SPECS),
    state: oneOf(r, 'state', STATES),
    origin: oneOf(r, 'origin', ORIGINS),
    isDefault: flag(r, 'is_default'),
    description: text(r, 'description'),
    currentVersion: count(r, 'current_version'),
    createdAt: count(r, 'created_at'),
    provider: text(r, 'provider'),
    providerKey: optional(r, 'provider_key', text),
    deletionAt: optional(r, 'deletion_at', count),
    destroyDependents: flag(r, 'destroy_dependents'),
    rotationDays: optional(r, 'rotation_days', count),
    nextRotationAt: optional(r, 'next_rotation_at', count),
    validTo: optional(r, 'valid_to', count),
    policy: optional(r, 'policy', text),
    tags: json<Record<string, string>>(r, 'tags'),
  }
}

export const VERSION_COLUMNS = [
  'key_id',
  'version',
  'wrapped_material',
  'check_value',
  'created_at',
  'reason',
] as const

export function bindVersion(v: KeyVersionRow): Value[] {
  return [v.keyId, v.version, v.wrappedMaterial, v.checkValue, v.createdAt, v.reason]
}

export function toVersion(r: SqlRow): KeyVersionRow {
  return {
    keyId: text(r, 'key_id'),
    version: count(r, 'version'),
    wrappedMaterial: bytes(r, 'wrapped_material'),
    checkValue: bytes(r, 'check_value'),
    createdAt: count(r, 'created_at'),
    reason: oneOf(r, 'reason', REASONS),
  }
}

export function toAlias(r: SqlRow): KeyAliasRow {
  return {
    projectId: text(r, 'project_id'),
    alias: text(r, 'alias'),
    keyId: text(r, 'key_id'),
    createdAt: count(r, 'created_at'),
  }
}

export const GRANT_COLUMNS = [
  'grant_id',
  'key_id',
  'token_hash',
  'name',
  'grantee_principal',
  'retiring_principal',
  'operations',
  'constraints',
  'created_at',
] as const

export function bindGrant(g: KeyGrantRow): Value[] {
  return [
    g.grantId,
    g.keyId,
    g.tokenHash,
    g.name ?? null,
    g.granteePrincipal,
    g.retiringPrincipal ?? null,
    JSON.stringify(g.operations),
    JSON.stringify(g.constraints),
    g.createdAt,
  ]
}

export function toGrant(r: SqlRow): KeyGrantRow {
  return {
    grantId: text(r, 'grant_id'),
    keyId: text(r, 'key_id'),
    tokenHash: bytes(r, 'token_hash'),
    name: optional(r, 'name', text),
    granteePrincipal: text(r, 'grantee_principal'),
    retiringPrincipal: optional(r, 'retiring_principal', text),
    operations: json<string[]>(r, 'operations'),
    constraints: json<KeyGrantRow['constraints']>(r, 'constraints'),
    createdAt: count(r, 'created_at'),
  }
}
