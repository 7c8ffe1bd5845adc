import { isDriverAdapterError } from '@prisma/driver-adapter-utils'
import { storageFull } from '../errors.ts'
import { hasCode } from './has-code.ts'

/** Prisma's P2002: a unique constraint failed. */
export function isUniqueViolation(error: unknown): boolean {
  return hasCode(error, 'P2002')
}

/**
 * The same repository, which tells a full disk in the words of the store, as the writer queue does. Around the whole of
 * it: what the adapter threw, Prisma would put into an error of its own.
 */
export function refusingWhenFull<T extends Asynchronous<T>>(repository: T): T {
  const methods = Object.entries(repository) as [string, (...args: unknown[]) => Promise<unknown>][]
  const refusing = methods.map(([name, method]) => [
    name,
    (...args: unknown[]) => method(...args).catch(refuse),
  ])
  return Object.fromEntries(refusing) as T
}

type Asynchronous<T> = Record<keyof T, (...args: never[]) => Promise<unknown>>

/** @throws StoreError StorageFull, or the error as it is */
function refuse(error: unknown): never {
  if (!isDiskFull(error)) throw error
  throw storageFull({}, error)
}

function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { meta } = error as { meta?: { driverAdapterError?: unknown } }
  const driver = meta?.driverAdapterError ?? error
  return driver instanceof Error && isDriverAdapterError(driver)
    ? driver.cause.originalCode === 'SQLITE_FULL'
    : hasCode(error, 'SQLITE_FULL')
}
