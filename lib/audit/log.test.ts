import { setTimeout as after } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { newEvent } from './audit.test-support.ts'
import type { ChainExtension } from './audit-repository.ts'
import type { ChainEnd } from './chain.ts'
import { createAuditLog } from './log.ts'
import type { AuditRecord } from './model.ts'

type Fault = 'refuses' | 'commits but does not say so'

/** A chain in memory that fails as a disk does. */
class MemoryChain {
  readonly records: AuditRecord[] = []
  readonly sizes: number[] = []
  fault: Fault | undefined

  async extend(extend: (end: ChainEnd | undefined) => ChainExtension | undefined): Promise<void> {
    await after(0)
    const extension = extend(this.records.at(-1))
    if (this.fault === 'refuses') throw new Error('disk full')
    this.records.push(...(extension?.records ?? []))
    this.sizes.push(extension?.records.length ?? 0)
    if (this.fault !== undefined) throw new Error('I/O error')
  }

  get ids(): (string | undefined)[] {
    return this.records.map(({ requestId }) => requestId)
  }
}

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => newEvent({ requestId: String(from + i) }))
const ids = (count: number) => Array.from({ length: count }, (_, i) => String(i))

function openLog(mostWaiting?: number) {
  const repository = new MemoryChain()
  const headKey = Buffer.alloc(32)
  return { repository, log: createAuditLog({ repository, headKey, ...(mostWaiting && { mostWaiting }) }) }
}

afterEach(() => void vi.restoreAllMocks())
const quietly = () => vi.spyOn(console, 'error').mockImplementation(() => undefined)

describe('recorded events', () => {
  test('are written by themselves, in few transactions', async () => {
    const { repository, log } = openLog()
    for (const event of numbered(1000)) log.record(event)
    await vi.waitFor(() => expect(repository.ids).toEqual(ids(1000)), { timeout: 5000 })
    expect(Math.max(...repository.sizes)).toBeLessThanOrEqual(256)
    expect(repository.sizes.length).toBeLessThan(10)
  })

  test('one alone, too', async () => {
    const { repository, log } = openLog()
    log.record(newEvent({ requestId: '0' }))
    await vi.waitFor(() => expect(repository.ids).toEqual(['0']), { timeout: 5000 })
  })

  test('that come in while a batch is written are not forgotten', async () => {
    const { repository, log } = openLog()
    for (let i = 0; i < 300; i++) {
      void log.append(newEvent({ requestId: String(i) }))
      if (i % 7 === 0) await after(0)
    }
    await log.flush()
    expect(repository.ids).toEqual(ids(300))
  })

  test('do not throw whatever the disk does', () => {
    quietly()
    const { repository, log } = openLog(5)
    repository.fault = 'refuses'
    expect(() => numbered(20).forEach((event) => log.record(event))).not.toThrow()
  })
})

describe('while the disk refuses', () => {
  test('acts are told, everything is kept, and written once in order when it works again', async () => {
    const said = quietly()
    const { repository, log } = openLog()
    repository.fault = 'refuses'
    for (const event of numbered(5)) log.record(event)
    await expect(log.append(newEvent({ requestId: '5' }))).rejects.toThrow('disk full')
    await expect(log.flush()).rejects.toThrow('disk full')
    expect(said).toHaveBeenCalledTimes(1)
    repository.fault = undefined
    log.record(newEvent({ requestId: '6' }))
    await vi.waitFor(() => expect(repository.ids).toEqual(ids(7)), { timeout: 5000 })
  })

  test('a commit that reached the disk unsaid is not repeated', async () => {
    quietly()
    const { repository, log } = openLog()
    for (const event of numbered(3)) log.record(event)
    repository.fault = 'commits but does not say so'
    await expect(log.flush()).rejects.toThrow('I/O error')
    repository.fault = undefined
    for (const event of numbered(400, 3)) log.record(event)
    await log.flush()
    expect(repository.ids).toEqual(ids(403))
  })

  test('what found no room is missing openly: the chain says how much', async () => {
    quietly()
    const { repository, log } = openLog(10)
    repository.fault = 'refuses'
    for (const event of numbered(25)) log.record(event)
    await expect(log.append(newEvent())).rejects.toThrow()
    await log.flush().catch(() => undefined)
    repository.fault = undefined
    await log.flush()
    expect(repository.ids.slice(0, 10)).toEqual(ids(10))
    const lost = repository.records.filter(({ action }) => action === 'coffer:AuditEventsLost')
    expect(lost.reduce((sum, { details }) => sum + Number(details['count']), 0)).toBe(16)
    expect(repository.records).toHaveLength(10 + lost.length)
  })
})
