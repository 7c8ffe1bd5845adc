import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BlobStore } from './blob-store.ts'
import { get, idsOf } from './conformance.ts'
import { FilesystemStore, openFilesystemStore } from './filesystem.ts'
import { type DiskBehaviour, everyFate, type Fate, PowerLost, SimulatedDisk } from './simulated-disk.ts'

const DIRECTORY = '/blobs'
const BATCH = 64
/** a point has up to some thousand; the random plans below reach the others */
const FATES_PER_POINT = 200

/** What a scenario asked for and what it was promised, up to the moment the power went. */
interface History {
  contents: Map<string, Buffer>
  /** commit was called: the blob may be there, and then it is whole */
  committing: Set<string>
  /** commit resolved: the blob must be there */
  acknowledged: Set<string>
  /** delete was called */
  deleting: Set<string>
}

interface Plan {
  id: string
  /** lengths of the pieces */
  pieces: number[]
  end: 'commit' | 'abort'
}

const PLANS: Plan[] = [
  { id: `aa${'1'.repeat(30)}`, pieces: [30, 50, 70, 10], end: 'commit' },
  { id: `aa${'2'.repeat(30)}`, pieces: [5], end: 'commit' },
  { id: `aa${'3'.repeat(30)}`, pieces: [], end: 'commit' },
  { id: `bb${'4'.repeat(30)}`, pieces: [70, 70], end: 'abort' },
]
const OLD: Plan = { id: `bb${'0'.repeat(30)}`, pieces: [90, 5], end: 'commit' }

async function emptyStore(): Promise<{ disk: SimulatedDisk; store: FilesystemStore; history: History }> {
  const disk = new SimulatedDisk()
  const store = await openFilesystemStore({ directory: DIRECTORY, ops: disk, batchBytes: BATCH })
  const history = {
    contents: new Map(),
    committing: new Set<string>(),
    acknowledged: new Set<string>(),
    deleting: new Set<string>(),
  }
  return { disk, store, history }
}

/** Runs plans at once until they end or the power goes; the history tells what was promised. */
async function play(store: BlobStore, plans: Plan[], removed: string[], history: History): Promise<void> {
  const writers = plans.map((plan) => unlessPowerLost(() => playOne(store, plan, history)))
  const removals = removed.map((id) => {
    history.deleting.add(id)
    return unlessPowerLost(() => store.delete(id))
  })
  await Promise.all([...writers, ...removals])
}

async function playOne(store: BlobStore, plan: Plan, history: History): Promise<void> {
  const pieces = plan.pieces.map((length, index) => Buffer.alloc(length, plan.id.charCodeAt(2) + index))
  history.contents.set(plan.id, Buffer.concat(pieces))
  const writer = await store.create(plan.id)
  try {
    for (const piece of pieces) await writer.write([piece])
    if (plan.end === 'abort') return await writer.abort()
    history.committing.add(plan.id)
    await writer.commit()
    history.acknowledged.add(plan.id)
  } catch (error) {
    await writer.abort()
    throw error
  }
}

async function unlessPowerLost(run: () => Promise<void>): Promise<void> {
  await run().catch((error: unknown) => {
    if (!(error instanceof PowerLost)) throw error
  })
}

/** What is wrong with the disk after the next start, in words; undefined when every promise was kept. */
async function brokenPromise(crashed: SimulatedDisk, history: History): Promise<string | undefined> {
  const store = new FilesystemStore({ directory: DIRECTORY, ops: crashed, batchBytes: BATCH })
  await store.recover()
  if ((await crashed.readdir(`${DIRECTORY}/tmp`)).length > 0) return 'temporary files are left'
  const visible = new Set(await idsOf(store))
  for (const id of history.acknowledged) {
    if (!visible.has(id) && !history.deleting.has(id)) return `lost: ${id}`
  }
  for (const id of visible) {
    const content = history.contents.get(id)
    if (!content || !history.committing.has(id)) return `visible before its commit: ${id}`
    const size = (await store.size(id)) ?? -1
    if (size !== content.length) return `torn: ${id} has ${size} of ${content.length} bytes`
    if (!(await get(store, id, 0, size)).equals(content)) return `damaged: ${id}`
  }
  return undefined
}

function losingPowerAt(index: number, behaviour: DiskBehaviour = {}): DiskBehaviour {
  return {
    ...behaviour,
    before: (_, current) => {
      if (current >= index) throw new PowerLost()
    },
  }
}

/** Plays the fixed scenario and cuts the power `after` operations; false when it ended before. */
async function crashOnce(after: number, behaviour: DiskBehaviour) {
  const { disk, store, history } = await emptyStore()
  disk.behaviour = behaviour
  await play(store, [OLD], [], history)
  const last = disk.operations + after
  disk.behaviour = losingPowerAt(last, behaviour)
  await play(store, PLANS, [OLD.id], history)
  return { disk, history, cut: disk.operations > last }
}

/** Every crash point of the fixed scenario with every fate of what was pending (up to a limit per point), until `enough`. */
async function crashEverywhere(behaviour: DiskBehaviour, enough: (problem: string) => boolean = () => false) {
  const broken: string[] = []
  let images = 0
  for (let after = 0; ; after++) {
    const { disk, history, cut } = await crashOnce(after, behaviour)
    images += await everyFate(FATES_PER_POINT, async (fate) => {
      const problem = await brokenPromise(disk.afterCrash(fate), history)
      if (problem) broken.push(`after ${after} operations: ${problem}`)
    })
    if (!cut || broken.some(enough)) return { broken, images, points: after }
  }
}

describe('a power cut at any operation', () => {
  it('keeps every acknowledged blob whole and shows no other', async () => {
    const { broken, images, points } = await crashEverywhere({})
    expect(broken).toEqual([])
    expect(points).toBeGreaterThan(20)
    expect(images).toBeGreaterThan(1000)
  }, 60_000)

  // Without these two the test above might be blind.
  it('is seen to lose data when fdatasync lies', async () => {
    const torn = (problem: string): boolean => /torn|damaged/.test(problem)
    const { broken } = await crashEverywhere({ lies: (operation) => operation === 'fdatasync' }, torn)
    expect(broken.some(torn)).toBe(true)
  }, 60_000)

  it('is seen to lose blobs when the directory is not synced', async () => {
    const lost = (problem: string): boolean => problem.includes('lost')
    const { broken } = await crashEverywhere({ lies: (operation) => operation === 'fsync' }, lost)
    expect(broken.some(lost)).toBe(true)
  }, 60_000)

  it('keeps the promises for random plans, interleavings, short writes and fates', async () => {
    const plans = fc.uniqueArray(
      fc.record({
        id: fc
          .tuple(fc.constantFrom('00', '7f', 'ff'), fc.integer({ min: 1, max: 9 }))
          .map(([shard, digit]) => shard + String(digit).repeat(30)),
        pieces: fc.array(fc.integer({ min: 0, max: 3 * BATCH }), { maxLength: 6 }),
        end: fc.constantFrom('commit' as const, 'commit' as const, 'abort' as const),
      }),
      { minLength: 1, maxLength: 6, selector: (plan) => plan.id },
    )
    const dice = fc.infiniteStream(fc.nat({ max: 1000 }))
    await fc.assert(
      fc.asyncProperty(plans, dice, fc.nat({ max: 80 }), async (chosen, stream, after) => {
        const roll = (options: number): number => (stream.next().value ?? 0) % options
        const { disk, store, history } = await emptyStore()
        const behaviour = { delay: () => roll(6), takes: (bytes: number) => 1 + roll(Math.max(1, bytes)) }
        disk.behaviour = losingPowerAt(disk.operations + after, {
          ...behaviour,
          takes: (bytes) => Math.min(bytes, behaviour.takes(bytes)),
        })
        await play(store, chosen, [], history)
        const fate: Fate = roll
        for (let image = 0; image < 4; image++) {
          expect(await brokenPromise(disk.afterCrash(fate), history)).toBeUndefined()
        }
      }),
      { numRuns: 300 },
    )
  }, 120_000)

  it('may strike while the folders are being made', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 262 }),
        fc.infiniteStream(fc.nat({ max: 1000 })),
        async (after, stream) => {
          const disk = new SimulatedDisk()
          disk.behaviour = losingPowerAt(after)
          await unlessPowerLost(
            async () => void (await openFilesystemStore({ directory: DIRECTORY, ops: disk })),
          )
          const crashed = disk.afterCrash((options) => (stream.next().value ?? 0) % options)
          const store = await openFilesystemStore({ directory: DIRECTORY, ops: crashed, batchBytes: BATCH })
          const { history } = await emptyStore()
          await play(store, PLANS, [], history)
          expect(
            await brokenPromise(
              crashed.afterCrash(() => 0),
              history,
            ),
          ).toBeUndefined()
        },
      ),
      { numRuns: 60 },
    )
  }, 60_000)
})
