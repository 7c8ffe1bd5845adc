import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { idsOf, newId, put } from '../blobs/conformance.ts'
import { type FilesystemStore, openFilesystemStore } from '../blobs/filesystem.ts'
import { sweepOrphans } from './sweep-orphans.ts'

const HOUR = 3_600_000
let folder: string
let blobs: FilesystemStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coffer-sweep-'))
  blobs = await openFilesystemStore({ directory: join(folder, 'blobs') })
})
afterEach(async () => {
  await blobs.close()
  await rm(folder, { recursive: true })
})

/** A catalog whose rows name `ids`. */
function naming(ids: string[]) {
  return { referenced: async (asked: string[]) => new Set(asked.filter((id) => ids.includes(id))) }
}

it('removes blobs that no row names, and only those', async () => {
  const kept = await Promise.all(Array.from({ length: 20 }, () => put(blobs, [Buffer.from('kept')])))
  await Promise.all(Array.from({ length: 30 }, () => put(blobs, [Buffer.from('orphan')])))
  expect(await sweepOrphans({ catalog: naming(kept), blobs, graceMs: 0 })).toBe(30)
  expect(await idsOf(blobs)).toEqual(kept.sort())
  expect(await sweepOrphans({ catalog: naming(kept), blobs, graceMs: 0 })).toBe(0)
})

it('spares young blobs, whose row may be on its way, and blobs being written', async () => {
  const young = await put(blobs, [Buffer.from('young')])
  const writer = await blobs.create(newId())
  await writer.write([Buffer.alloc(600_000)])
  const later = (hours: number) => () => Date.now() + hours * HOUR
  const sweep = (hours: number) =>
    sweepOrphans({ catalog: naming([]), blobs, graceMs: 24 * HOUR, now: later(hours) })
  expect(await sweep(23)).toBe(0)
  expect(await idsOf(blobs)).toEqual([young])
  expect(await sweep(25)).toBe(1)
  await writer.commit()
  expect(await sweep(25)).toBe(0)
  blobs.settle([writer.id])
  expect(await idsOf(blobs)).toEqual([writer.id])
})

it('sweeps a blob dated in the future when nobody writes', async () => {
  await put(blobs, [Buffer.from('orphan')])
  expect(await sweepOrphans({ catalog: naming([]), blobs, graceMs: 0, now: () => 0 })).toBe(1)
})
