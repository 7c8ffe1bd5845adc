import type { AccountRepository } from '../accounts/account-repository.ts'
import type { Project, ProjectRole, User } from '../accounts/model.ts'
import { StoreError } from '../errors.ts'
import { accessKeyMethods } from './access-keys.ts'
import type { Sqlite } from './connections.ts'
import type { Project as ProjectRow, PrismaClient, User as UserRow } from './generated/client.ts'
import { isUniqueViolation, refusingWhenFull } from './prisma-errors.ts'
import type { WriterQueue } from './writer-queue.ts'

/** People, projects, sessions and invitations through Prisma. */
export function prismaAccounts(
  prisma: PrismaClient,
  reader: Sqlite,
  writer: Sqlite,
  queue: WriterQueue,
): AccountRepository {
  // Nobody waits for a touch.
  const { touchAccessKey, ...accessKeys } = accessKeyMethods(prisma, reader, writer, queue)
  const methods = refusingWhenFull({
    ...userMethods(prisma),
    ...projectMethods(prisma),
    ...sessionMethods(prisma),
    ...accessKeys,
    ...invitationMethods(prisma),
  })
  return { ...methods, touchAccessKey }
}

function userMethods(
  prisma: PrismaClient,
): Pick<AccountRepository, 'countUsers' | 'insertUser' | 'findUser' | 'findUserByEmail'> {
  return {
    countUsers: () => prisma.user.count(),
    insertUser: async ({ createdAt, ...user }, passwordHash) => {
      try {
        await prisma.user.create({ data: { ...user, passwordHash, createdAt: BigInt(createdAt) } })
      } catch (error) {
        if (isUniqueViolation(error))
          throw new StoreError('InvalidArgument', 'This e-mail address is taken', { argument: 'email' })
        throw error
      }
    },
    findUser: async (userId) => optional(await prisma.user.findUnique({ where: { userId } }), toUser),
    findUserByEmail: async (email) =>
      optional(await prisma.user.findUnique({ where: { email } }), (row) => ({
        ...toUser(row),
        passwordHash: row.passwordHash,
      })),
  }
}

function projectMethods(
  prisma: PrismaClient,
): Pick<
  AccountRepository,
  'insertProject' | 'findProject' | 'listProjects' | 'authorizeKms' | 'addMember' | 'memberships'
> {
  return {
    insertProject: async ({ createdAt, kmsAuthorizedAt, ...project }) => {
      const authorized = kmsAuthorizedAt === undefined ? null : BigInt(kmsAuthorizedAt)
      await prisma.project.create({
        data: { ...project, createdAt: BigInt(createdAt), kmsAuthorizedAt: authorized },
      })
    },
    findProject: async (projectId) =>
      optional(await prisma.project.findUnique({ where: { projectId } }), toProject),
    listProjects: async () =>
      (await prisma.project.findMany({ orderBy: { createdAt: 'asc' } })).map(toProject),
    authorizeKms: async (projectId, at) => {
      await prisma.project.updateMany({
        where: { projectId, kmsAuthorizedAt: null },
        data: { kmsAuthorizedAt: BigInt(at) },
      })
      const row = await prisma.project.findUniqueOrThrow({ where: { projectId } })
      return Number(row.kmsAuthorizedAt)
    },
    addMember: async (projectId, userId, role) => {
      await prisma.membership.upsert({
        where: { projectId_userId: { projectId, userId } },
        create: { projectId, userId, role },
        update: { role },
      })
    },
    memberships: async (userId) => {
      const rows = await prisma.membership.findMany({
        where: { userId },
        include: { project: true },
        orderBy: { project: { createdAt: 'asc' } },
      })
      return rows.map(({ project, role, policy }) => ({
        project: toProject(project),
        role: role as ProjectRole,
        policy: policy ?? undefined,
      }))
    },
  }
}

function sessionMethods(
  prisma: PrismaClient,
): Pick<AccountRepository, 'insertSession' | 'findSession' | 'deleteSession' | 'deleteExpiredSessions'> {
  return {
    insertSession: async ({ userId, createdAt, expiresAt }, idHash) => {
      await prisma.session.create({
        data: { idHash: bytes(idHash), userId, createdAt: BigInt(createdAt), expiresAt: BigInt(expiresAt) },
      })
    },
    findSession: async (idHash) =>
      optional(
        await prisma.session.findUnique({ where: { idHash: bytes(idHash) } }),
        ({ userId, createdAt, expiresAt }) => ({
          userId,
          createdAt: Number(createdAt),
          expiresAt: Number(expiresAt),
        }),
      ),
    deleteSession: async (idHash) => {
      await prisma.session.deleteMany({ where: { idHash: bytes(idHash) } })
    },
    deleteExpiredSessions: async (now) =>
      (await prisma.session.deleteMany({ where: { expiresAt: { lte: BigInt(now) } } })).count,
  }
}

function invitationMethods(
  prisma: PrismaClient,
): Pick<AccountRepository, 'insertInvitation' | 'hasInvitation' | 'takeInvitation'> {
  return {
    insertInvitation: async (tokenHash, purpose, expiresAt) => {
      await prisma.invitation.create({
        data: { tokenHash: bytes(tokenHash), purpose, expiresAt: BigInt(expiresAt) },
      })
    },
    hasInvitation: async (tokenHash, purpose, now) =>
      (await prisma.invitation.count({
        where: { tokenHash: bytes(tokenHash), purpose, expiresAt: { gt: BigInt(now) } },
      })) === 1,
    // One statement: two people with one link cannot both be let in.
    takeInvitation: async (tokenHash, purpose, now) =>
      (
        await prisma.invitation.deleteMany({
          where: { tokenHash: bytes(tokenHash), purpose, expiresAt: { gt: BigInt(now) } },
        })
      ).count === 1,
  }
}

function optional<R, T>(row: R | null, convert: (row: R) => T): T | undefined {
  return row === null ? undefined : convert(row)
}

function toUser({ userId, email, name, isAdministrator, createdAt }: UserRow): User {
  return { userId, email, name, isAdministrator, createdAt: Number(createdAt) }
}

function toProject({ projectId, name, accountNumber, createdAt, kmsAuthorizedAt }: ProjectRow): Project {
  const authorized = kmsAuthorizedAt === null ? {} : { kmsAuthorizedAt: Number(kmsAuthorizedAt) }
  return { projectId, name, accountNumber, createdAt: Number(createdAt), ...authorized }
}

function bytes(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer)
}
