import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { newBucket, newObject, newPart } from '../store/catalog-conformance-rows.ts'
import type { Catalog } from '../store/catalog.ts'
import { sqliteCatalog } from './catalog/catalog.ts'
import { openConnections, type Connections } from './connections.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate } from './migrate.ts'
import { queuedPrismaAdapter } from './prisma-adapter.ts'
import { WriterQueue } from './writer-queue.ts'

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations/sqlite', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'coffer-prisma-'))
afterAll(() => rmSync(folder, { recursive: true }))

let connections: Connections
let queue: WriterQueue
let prisma: PrismaClient
let catalog: Catalog
let bucketId: string
beforeEach(async () => {
  connections = openConnections(join(folder, randomUUID()))
  migrate(connections.writer, MIGRATIONS)
  queue = new WriterQueue(connections.writer, () => Promise.resolve())
  prisma = new PrismaClient({ adapter: queuedPrismaAdapter(connections.file, queue) })
  catalog = sqliteCatalog(connections, queue, 0)
  await createProject('p')
  const bucket = newBucket('p')
  bucketId = bucket.bucketId
  await catalog.createBucket(bucket)
})
afterEach(async () => {
  await prisma.$disconnect()
  connections.close()
})

const createProject = (projectId: string, client: Pick<PrismaClient, 'project'> = prisma) =>
  client.project.create({ data: { projectId, name: 'P', accountNumber: projectId, createdAt: 0n } })

const commit = (key: string): Promise<void> => {
  const object = newObject(bucketId, key)
  return catalog.commitObject(object, [newPart(object.objectId)])
}

const ROLLBACK = new Error('rolled back')

test('whatever runs at the same moment: what was acknowledged is there, what was refused is not', async () => {
  const kinds = fc.constantFrom('create', 'transaction', 'rollback', 'duplicate', 'commit', 'nested')
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(kinds, { minLength: 2, maxLength: 24 }), async (steps) => {
      const mark = `${run++}-`
      const projects: Promise<string[]>[] = []
      const keys: string[] = []
      const refused = (work: Promise<unknown>): void =>
        void projects.push(
          work.then(
            () => expect.fail('it was not refused'),
            () => [],
          ),
        )
      const works = steps.map(async (kind, i) => {
        const id = `${mark}${i}`
        if (kind === 'commit') {
          keys.push(id)
          await commit(id)
        }
        if (kind === 'create') projects.push(createProject(id).then(() => [id]))
        if (kind === 'duplicate') refused(createProject('p'))
        if (kind === 'nested')
          projects.push(
            prisma.project
              .create({
                data: {
                  projectId: id,
                  name: 'P',
                  accountNumber: id,
                  createdAt: 0n,
                  memberships: {
                    create: {
                      role: 'owner',
                      user: {
                        create: {
                          userId: id,
                          email: id,
                          name: '',
                          passwordHash: '',
                          isAdministrator: false,
                          createdAt: 0n,
                        },
                      },
                    },
                  },
                },
              })
              .then(() => [id]),
          )
        if (kind === 'transaction' || kind === 'rollback') {
          const both = prisma.$transaction(async (tx) => {
            await createProject(id, tx)
            await new Promise((resolve) => setImmediate(resolve))
            await createProject(`${id}b`, tx)
            if (kind === 'rollback') throw ROLLBACK
            return [id, `${id}b`]
          })
          if (kind === 'rollback') refused(both)
          else projects.push(both)
        }
      })
      await Promise.all(works)
      const acknowledged = (await Promise.all(projects)).flat().sort()
      const found = await prisma.project.findMany({ where: { projectId: { startsWith: mark } } })
      expect(found.map(({ projectId }) => projectId).sort()).toEqual(acknowledged)
      const page = await catalog.list({ bucketId, prefix: mark, delimiter: '', after: '', limit: 1000 })
      expect(page.objects.map(({ key }) => key).sort()).toEqual(keys.sort())
    }),
    { numRuns: 25 },
  )
})

test('one reads one’s own writes at once', async () => {
  for (let i = 0; i < 50; i++) {
    await createProject(`own-${i}`)
    expect(await prisma.project.findUnique({ where: { projectId: `own-${i}` } })).not.toBeNull()
  }
})
