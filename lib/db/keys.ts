import { StoreError } from '../errors.ts'
import type { KeyRepository, KeyRow, KeyVersionRow } from '../keys/key-repository.ts'
import type { KeyState } from '../keys/keyring.ts'
import type { KmsKey, KeyAlias, PrismaClient } from './generated/client.ts'
import { isUniqueViolation } from './prisma-errors.ts'

const ROOT_CHECK_VALUE = 'root-check-value'
const WITH_ALIASES = { aliases: true } as const

/** Keys and their versions through Prisma. */
export function prismaKeys(prisma: PrismaClient): KeyRepository {
  return {
    rootCheckValue: async () => {
      const setting = await prisma.setting.findUnique({ where: { name: ROOT_CHECK_VALUE } })
      return setting ? Buffer.from(setting.value) : undefined
    },
    storeRootCheckValue: async (value) => {
      await prisma.setting.create({ data: { name: ROOT_CHECK_VALUE, value: bytes(value) } })
    },
    hasWrappedKeys: async () => (await prisma.keyVersion.findFirst({ select: { keyId: true } })) !== null,
    insertKey: async (key, version, aliases) => {
      const { keyId, projectId, createdAt, ...rest } = key
      try {
        await prisma.kmsKey.create({
          data: {
            ...rest,
            keyId,
            projectId,
            createdAt: BigInt(createdAt),
            versions: { create: versionData(version) },
            aliases: { create: aliases.map((alias) => ({ projectId, alias })) },
          },
        })
      } catch (error) {
        if (isUniqueViolation(error))
          throw new StoreError('InvalidRequest', 'A key or alias of this name already exists')
        throw error
      }
    },
    findKey: async (keyId) =>
      toKey(await prisma.kmsKey.findUnique({ where: { keyId }, include: WITH_ALIASES })),
    findKeyByAlias: async (projectId, alias) => {
      const found = await prisma.keyAlias.findUnique({
        where: { projectId_alias: { projectId, alias } },
        include: { key: { include: WITH_ALIASES } },
      })
      return toKey(found?.key ?? null)
    },
    findDefaultKey: async (projectId) =>
      toKey(await prisma.kmsKey.findFirst({ where: { projectId, isDefault: true }, include: WITH_ALIASES })),
    listKeys: async (projectId) =>
      (
        await prisma.kmsKey.findMany({
          where: { projectId },
          include: WITH_ALIASES,
          orderBy: { createdAt: 'asc' },
        })
      ).map((row) => toKey(row)!),
    findVersion: async (keyId, version) => {
      const row = await prisma.keyVersion.findUnique({ where: { keyId_version: { keyId, version } } })
      return row
        ? {
            ...row,
            wrappedMaterial: Buffer.from(row.wrappedMaterial),
            checkValue: Buffer.from(row.checkValue),
            createdAt: Number(row.createdAt),
          }
        : undefined
    },
  }
}

function versionData({ version, wrappedMaterial, checkValue, createdAt }: KeyVersionRow) {
  return {
    version,
    wrappedMaterial: bytes(wrappedMaterial),
    checkValue: bytes(checkValue),
    createdAt: BigInt(createdAt),
  }
}

function toKey(row: (KmsKey & { aliases: KeyAlias[] }) | null): (KeyRow & { aliases: string[] }) | undefined {
  if (row === null) return undefined
  const { spec, state, origin, createdAt, aliases, ...rest } = row
  return {
    ...rest,
    spec: spec as KeyRow['spec'],
    state: state as KeyState,
    origin: origin as KeyRow['origin'],
    createdAt: Number(createdAt),
    aliases: aliases.map(({ alias }) => alias),
  }
}

function bytes(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer)
}
