import type { AccountRepository } from '../accounts/account-repository.ts'
import type { AccessKey, ProjectRole } from '../accounts/model.ts'
import type { Sqlite } from './connections.ts'
import type { AccessKey as AccessKeyRow, PrismaClient } from './generated/client.ts'
import type { WriterQueue } from './writer-queue.ts'

type AccessKeyMethods = Pick<
  AccountRepository,
  | 'insertAccessKey'
  | 'findAccessKey'
  | 'listAccessKeys'
  | 'setAccessKeyState'
  | 'deleteAccessKey'
  | 'touchAccessKey'
>

interface FoundRow {
  access_key_id: string
  user_id: string
  project_id: string
  description: string
  state: 'Active' | 'Inactive'
  created_at: number
  last_used_at: number | null
  sealed_secret: Buffer
  role: ProjectRole
  policy: string | null
  account_number: string
}

/** Looking a key up is on the path of every signed request: prepared SQL; the rest through Prisma. */
export function accessKeyMethods(
  prisma: PrismaClient,
  reader: Sqlite,
  writer: Sqlite,
  queue: WriterQueue,
): AccessKeyMethods {
  // Whoever left the project has no role, and so no key.
  const find = reader.prepare<[string], FoundRow>(
    `SELECT k.*, m.role, m.policy, p.account_number FROM access_key k JOIN membership m USING (user_id, project_id)
     JOIN project p USING (project_id) WHERE access_key_id = +?`,
  )
  const touch = writer.prepare(
    'UPDATE access_key SET last_used_at = MAX(COALESCE(last_used_at, 0), ?) WHERE access_key_id = ?',
  )
  return {
    insertAccessKey: async (key, sealedSecret) => {
      const { createdAt, lastUsedAt, ...rest } = key
      await prisma.accessKey.create({
        data: {
          ...rest,
          sealedSecret: new Uint8Array(sealedSecret),
          createdAt: BigInt(createdAt),
          lastUsedAt: lastUsedAt === undefined ? null : BigInt(lastUsedAt),
        },
      })
    },
    findAccessKey: async (accessKeyId) => {
      const row = find.get(accessKeyId)
      return (
        row && {
          accessKeyId: row.access_key_id,
          userId: row.user_id,
          projectId: row.project_id,
          description: row.description,
          state: row.state,
          createdAt: row.created_at,
          lastUsedAt: row.last_used_at ?? undefined,
          sealedSecret: row.sealed_secret,
          role: row.role,
          policy: row.policy ?? undefined,
          accountNumber: row.account_number,
        }
      )
    },
    listAccessKeys: async (userId, projectId) =>
      (await prisma.accessKey.findMany({ where: { userId, projectId }, orderBy: { createdAt: 'asc' } })).map(
        toAccessKey,
      ),
    setAccessKeyState: async (accessKeyId, state) => {
      await prisma.accessKey.updateMany({ where: { accessKeyId }, data: { state } })
    },
    deleteAccessKey: async (accessKeyId) => {
      await prisma.accessKey.deleteMany({ where: { accessKeyId } })
    },
    touchAccessKey: (accessKeyId, at) => {
      queue.write(() => void touch.run(at, accessKeyId)).catch(() => undefined)
    },
  }
}

function toAccessKey({
  accessKeyId,
  userId,
  projectId,
  description,
  state,
  createdAt,
  lastUsedAt,
}: AccessKeyRow): AccessKey {
  return {
    accessKeyId,
    userId,
    projectId,
    description,
    state: state as AccessKey['state'],
    createdAt: Number(createdAt),
    lastUsedAt: lastUsedAt === null ? undefined : Number(lastUsedAt),
  }
}
