import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { blobStoreConformance, get, idsOf, newId, put } from './conformance.ts'
import { openFilesystemStore } from './filesystem.ts'

const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-blobs-'))
  folders.push(folder)
  return join(folder, 'blobs')
}

blobStoreConformance('the filesystem store', async () => {
  const directory = await newFolder()
  const opened = [await openFilesystemStore({ directory })]
  return {
    store: opened[0]!,
    reopen: async () => {
      const again = await openFilesystemStore({ directory })
      opened.push(again)
      return again
    },
    dispose: async () => {
      for (const store of opened) await store.close()
    },
  }
})

describe('the filesystem store on this machine', () => {
  it('keeps files and folders from other users', async () => {
    const directory = await newFolder()
    const store = await openFilesystemStore({ directory })
    const id = await put(store, [Buffer.from('ciphertext')])
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    expect((await stat(join(directory, id.slice(0, 2)))).mode & 0o777).toBe(0o700)
    expect((await stat(join(directory, id.slice(0, 2), id))).mode & 0o777).toBe(0o600)
    await store.close()
  })

  it('does not touch the disk for an upload that is refused while it is small', async () => {
    const directory = await newFolder()
    const store = await openFilesystemStore({ directory })
    const writer = await store.create(newId())
    await writer.write([Buffer.alloc(1000)])
    expect(await readdir(join(directory, 'tmp'))).toEqual([])
    await writer.abort()
    await store.close()
  })

  it('never writes into a file that is there already', async () => {
    const directory = await newFolder()
    const store = await openFilesystemStore({ directory })
    const id = newId()
    await writeFile(join(directory, 'tmp', id), 'of somebody else')
    const writer = await store.create(id)
    await writer.write([Buffer.from('mine')])
    await expect(writer.commit()).rejects.toMatchObject({ code: 'InternalError' })
    await writer.abort()
    expect(await readdir(join(directory, 'tmp'))).toEqual([id])
    await store.close()
  })

  it('reads in smaller pieces while many read, and in large ones again when they have gone', async () => {
    const directory = await newFolder()
    const store = await openFilesystemStore({ directory })
    const bytes = 1024 * 1024
    const id = await put(store, [Buffer.alloc(bytes)])
    const begin = async () => {
      const pieces = store.read(id, 0, bytes)[Symbol.asyncIterator]()
      const first = await pieces.next()
      return { pieces, length: first.done ? 0 : first.value.length }
    }
    const open = []
    for (let reader = 0; reader < 200; reader++) open.push(await begin())
    const lengths = open.map(({ length }) => length)
    expect(lengths[0]).toBe(512 * 1024)
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a))
    expect(lengths.at(-1)! * 2 * open.length).toBeLessThanOrEqual(32 * 1024 * 1024)
    for (const { pieces } of open) await pieces.return?.()
    const alone = await begin()
    expect(alone.length).toBe(512 * 1024)
    await alone.pieces.return?.()
    await store.close()
  })

  it('closes the handle of a read that stops early, fails, or ends', async () => {
    const directory = await newFolder()
    const store = await openFilesystemStore({ directory })
    const id = await put(store, [Buffer.alloc(3_000_000)])
    const before = await openHandles()
    for (let round = 0; round < 20; round++) {
      for await (const piece of store.read(id, 0, 3_000_000)) if (piece) break
      await get(store, id, 0, 3_000_000)
      await expect(get(store, id, 2_999_999, 2)).rejects.toMatchObject({ code: 'ObjectCorrupt' })
    }
    expect(await openHandles()).toBeLessThanOrEqual(before)
    await store.close()
  })

  it('takes no stranger for a blob', async () => {
    const directory = await newFolder()
    const store = await openFilesystemStore({ directory })
    await writeFile(join(directory, '00', 'notes.txt'), 'x')
    await writeFile(join(directory, '00', `ff${'0'.repeat(30)}`), 'in the wrong folder')
    expect(await idsOf(store)).toEqual([])
    await store.close()
  })
})

async function openHandles(): Promise<number> {
  return process.platform === 'linux' ? (await readdir('/proc/self/fd')).length : 0
}
