import { expect, test } from 'vitest'
import { FreeSpace } from './free-space.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30

/** A disk that tells what it is told to, and how often it was asked. */
function openDisk(told: { free: number; size: number }) {
  const disk = { told, asked: 0, now: 0 }
  const space = async () => {
    disk.asked += 1
    return disk.told
  }
  return { disk, free: new FreeSpace({ space }, '/', () => disk.now) }
}

test.each([
  ['with the reserve left', 64 * MIB, 100 * GIB, true],
  ['with less than the reserve', 64 * MIB - 1, 100 * GIB, false],
  ['a small one with a tenth left', 4 * MIB, 40 * MIB, true],
  ['a small one with less', 4 * MIB - 1, 40 * MIB, false],
  ['one that does not tell its size', 0, 0, true],
])('a disk %s', async (_, bytesFree, size, takes) => {
  const { free } = openDisk({ free: bytesFree, size })
  const asked = free.require(1)
  await (takes ? asked : expect(asked).rejects.toMatchObject({ code: 'StorageFull' }))
})

test('a disk that cannot be asked takes what it may', async () => {
  await new FreeSpace({ space: () => Promise.reject(new Error('ENOSYS')) }, '/').require(1)
})

test('is asked once a second, and when 8 MiB were stored meanwhile; room that comes back is used', async () => {
  const { disk, free } = openDisk({ free: GIB, size: 100 * GIB })
  for (let i = 0; i < 2000; i++) await free.require(4096)
  expect(disk.asked).toBe(1)
  disk.told = { ...disk.told, free: 0 }
  await free.require(100 * 4096).catch(() => undefined)
  await expect(free.require(1)).rejects.toMatchObject({ code: 'StorageFull' })
  expect(disk.asked).toBe(2)
  disk.told = { ...disk.told, free: GIB }
  disk.now += 1001
  await free.require(1)
  expect(disk.asked).toBe(3)
})
