import { expect, it } from 'vitest'
import { collectGarbage } from './collect-garbage.ts'

/** A queue of garbage as the catalog keeps it, and the blobs on a disk that may fail. */
function setting(ids: string[], failAt = Infinity) {
  const rows = [...ids]
  const disk = new Set(ids)
  let deletions = 0
  return {
    rows,
    disk,
    deps: {
      now: () => 5,
      catalog: {
        dueGarbage: async (_now: number, limit: number) => rows.slice(0, limit),
        forgetGarbage: async (forgotten: string[]) => {
          for (const id of forgotten) {
            // A row must never go before its blob: nobody would ever find the blob again.
            if (disk.has(id)) throw new Error(`forgot ${id} while it was still there`)
            rows.splice(rows.indexOf(id), 1)
          }
        },
      },
      blobs: {
        delete: async (id: string) => {
          if (deletions++ === failAt) throw new Error('the disk fails')
          disk.delete(id)
        },
      },
    },
  }
}

const IDS = Array.from({ length: 1234 }, (_, index) => `blob-${index}`)

it('removes every due blob, then its row', async () => {
  const { deps, rows, disk } = setting(IDS)
  expect(await collectGarbage(deps)).toBe(IDS.length)
  expect(rows).toEqual([])
  expect(disk.size).toBe(0)
})

it('can be run again after a failure at any place', async () => {
  const { deps, rows, disk } = setting(IDS, 700)
  await expect(collectGarbage(deps)).rejects.toThrow('the disk fails')
  expect(rows.length).toBeGreaterThan(IDS.length - 700 - 1)
  await collectGarbage(deps)
  expect(rows).toEqual([])
  expect(disk.size).toBe(0)
})
