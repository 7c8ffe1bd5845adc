import type { KeyEntry, KeyRepository } from '../keys/key-repository.ts'
import type { StoredKey } from './key-backup.ts'

/**
 * Keys from a backup as the keyring asks for them: read only, and every key that has material opens what it wrapped.
 * Whether a key was disabled or scheduled for deletion is the running server's business; who holds the backup and the
 * way into it decides here.
 */
export function storedKeyRepository(keys: readonly StoredKey[]): KeyRepository {
  const byId = new Map(keys.map((key) => [key.keyId, key]))
  const entries = (): KeyEntry[] => keys.map(opened)
  const refuse = async (): Promise<never> => {
    throw new Error('A backup is read, never changed')
  }
  return {
    rootCheckValue: async () => undefined,
    storeRootCheckValue: refuse,
    hasWrappedKeys: async () => keys.length > 0,
    insertKey: refuse,
    changeKey: refuse,
    findKey: async (keyId) => optional(byId.get(keyId)),
    findKeyByAlias: async (projectId, alias) =>
      entries().find((key) => key.projectId === projectId && key.aliases.includes(alias)),
    findDefaultKey: async (projectId) =>
      entries().find((key) => key.projectId === projectId && key.isDefault),
    listKeys: async (projectId) => entries().filter((key) => key.projectId === projectId),
    allKeys: async () => entries(),
    findVersion: async (keyId, number) => byId.get(keyId)?.versions.find(({ version }) => version === number),
    listVersions: async (keyId) => byId.get(keyId)?.versions ?? [],
    listAliases: async () => [],
    listGrants: async () => [],
    findGrantByToken: async () => undefined,
    dueKeys: async () => [],
  }
}

function opened({ versions: _versions, ...key }: StoredKey): KeyEntry {
  return { ...key, state: 'Enabled', validTo: undefined, deletionAt: undefined }
}

function optional(key: StoredKey | undefined): KeyEntry | undefined {
  return key && opened(key)
}
