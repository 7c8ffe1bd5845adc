import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import type {
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  Transaction,
} from '@prisma/driver-adapter-utils'
import type { WriterQueue } from './writer-queue.ts'

/**
 * Prisma on our terms. The stock adapter runs plain queries past its own mutex, so one request's write could
 * vanish with another's rolled-back transaction; here every write waits in the same queue as the catalog's, a
 * transaction holds that queue, and reads have a connection of their own.
 */
export function queuedPrismaAdapter(file: string, queue: WriterQueue): SqlDriverAdapterFactory {
  const stock = new PrismaBetterSqlite3({ url: file }, { timestampFormat: 'unixepoch-ms' })
  return {
    provider: 'sqlite',
    adapterName: stock.adapterName,
    connect: async () => {
      const [writer, reader] = await Promise.all([stock.connect(), stock.connect()])
      await writer.executeScript(
        'PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;',
      )
      await reader.executeScript('PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;')
      return queued(writer, reader, queue)
    },
  }
}

function queued(writer: SqlDriverAdapter, reader: SqlDriverAdapter, queue: WriterQueue): SqlDriverAdapter {
  return {
    provider: 'sqlite',
    adapterName: writer.adapterName,
    queryRaw: (query) =>
      reads(query) ? reader.queryRaw(query) : queue.exclusive(() => writer.queryRaw(query)),
    executeRaw: (query) => queue.exclusive(() => writer.executeRaw(query)),
    executeScript: (script) => queue.exclusive(() => writer.executeScript(script)),
    startTransaction: (isolationLevel) => startTransaction(writer, queue, isolationLevel),
    getConnectionInfo: () => writer.getConnectionInfo?.() ?? { supportsRelationJoins: false },
    dispose: async () => {
      await reader.dispose()
      await writer.dispose()
    },
  }
}

function reads({ sql }: SqlQuery): boolean {
  return /^\s*SELECT\b/i.test(sql)
}

async function startTransaction(
  writer: SqlDriverAdapter,
  queue: WriterQueue,
  isolationLevel: Parameters<SqlDriverAdapter['startTransaction']>[0],
): Promise<Transaction> {
  const release = await queue.acquire()
  const end = async (): Promise<void> => {
    await rollBackWhatIsOpen(writer)
    release()
  }
  try {
    const transaction = await writer.startTransaction(isolationLevel)
    return {
      provider: 'sqlite',
      adapterName: transaction.adapterName,
      options: transaction.options,
      queryRaw: (query) => transaction.queryRaw(query),
      executeRaw: (query) => transaction.executeRaw(query),
      commit: () => transaction.commit().finally(end),
      rollback: () => transaction.rollback().finally(end),
      createSavepoint: transaction.createSavepoint?.bind(transaction),
      rollbackToSavepoint: transaction.rollbackToSavepoint?.bind(transaction),
      releaseSavepoint: transaction.releaseSavepoint?.bind(transaction),
    }
  } catch (error) {
    await end()
    throw error
  }
}

/**
 * After a COMMIT that failed, Prisma's client only gives the transaction back: SQLite would keep it open, and
 * every later write of the process would find the database locked.
 */
async function rollBackWhatIsOpen(writer: SqlDriverAdapter): Promise<void> {
  try {
    await writer.executeScript('ROLLBACK')
  } catch {
    // The usual case: COMMIT or ROLLBACK ended it, and there is nothing to roll back.
  }
}
