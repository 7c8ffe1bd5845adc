import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MemoryKeyRepository } from '../memory-key-repository.test-support.ts'
import { StartError } from '../start-error.ts'
import { openRoot } from './open-root.ts'
import type { RootSource } from './root-source.ts'

export interface RootHarness {
  /** the source over the same place each time, as after a restart */
  open(): RootSource
  /** the file that holds the root, wrapped or not */
  path: string
  /** Puts a root there as a person would, where the source cannot (systemd credentials). */
  place?(secret: Buffer): void
  /** permissions that let others in */
  openModes: number[]
  /** true when the file alone opens nothing */
  wrapped: boolean
}

/** The suite that every RootSource passes; `harness` is given an empty folder each time. */
export function rootConformance(name: string, harness: (folder: string) => RootHarness): void {
  describe(`${name} is a source of roots`, () => {
    let folder: string
    let at: RootHarness
    let repository: MemoryKeyRepository

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'coffer-source-'))
      mkdirSync(join(folder, 'data'))
      repository = new MemoryKeyRepository()
      at = harness(folder)
    })
    afterEach(() => rmSync(folder, { recursive: true, force: true }))

    const secretOf = async (source: RootSource): Promise<Buffer | string> => {
      const found = await source.unseal()
      return found.kind === 'whole' ? found.secret : found.kind
    }
    const keep = async (secret: Buffer): Promise<void> => {
      if (at.place === undefined) await at.open().keep(Buffer.from(secret), false)
      else at.place(secret)
    }
    const start = () => openRoot({ source: at.open(), dataDir: join(folder, 'data'), repository })

    test('it has nothing at first', async () => {
      expect(await secretOf(at.open())).toBe('missing')
    })

    test('it gives back what it keeps, after a restart and again', async () => {
      const secret = randomBytes(32)
      await keep(secret)
      expect(await secretOf(at.open())).toEqual(secret)
      const source = at.open()
      expect(await secretOf(source)).toEqual(secret)
      expect(await secretOf(source)).toEqual(secret)
      if (!at.wrapped) return
      const bytes = readFileSync(at.path)
      for (const form of [secret, secret.toString('base64'), secret.toString('hex')])
        expect(bytes.includes(form)).toBe(false)
    })

    test('only its owner may read the file, and a file that others may read is refused with the mend', async () => {
      const secret = randomBytes(32)
      await keep(secret)
      expect(statSync(at.path).mode & 0o007).toBe(0)
      if (at.place === undefined) expect(statSync(at.path).mode & 0o777).toBe(0o600)
      for (const mode of at.openModes) {
        chmodSync(at.path, mode)
        const { message, mend } = await refusal(at.open().unseal(), secret)
        expect(message).toContain(mode.toString(8))
        expect(mend).toContain('chmod 600')
      }
    })

    test('a file cut anywhere is half-written, whatever else is there', async () => {
      await keep(randomBytes(32))
      const whole = readFileSync(at.path)
      chmodSync(at.path, 0o600)
      // The end of the last line may be missing, as editors do.
      for (let length = 0; length < whole.length - 1; length++) {
        writeFileSync(at.path, whole.subarray(0, length))
        expect(await secretOf(at.open())).toBe('damaged')
      }
      writeFileSync(at.path, Buffer.concat([whole, randomBytes(100)]))
      expect(await secretOf(at.open())).toBe('damaged')
    })

    test('a start makes a root once, and never where something is wrapped', async () => {
      if (at.place !== undefined) at.place(randomBytes(32))
      const { checkValue } = await start()
      expect((await start()).checkValue).toEqual(checkValue)
      rmSync(at.path)
      const { message, mend } = await refusal(start())
      expect(message).toContain('is missing')
      expect(mend.length).toBeGreaterThan(20)
      expect(statSync(at.path, { throwIfNoEntry: false })).toBeUndefined()
    })

    test('a start refuses the root of another data folder', async () => {
      repository.checkValue = randomBytes(32)
      const secret = randomBytes(32)
      await keep(secret)
      expect((await refusal(start(), secret)).message).toContain('another root key')
    })

    test('no secret of it may lie in the data folder', async () => {
      for (const path of at.open().files) {
        const error = await refusal(
          openRoot({ source: at.open(), dataDir: dirname(path), repository: new MemoryKeyRepository() }),
        )
        expect(error.message).toContain('inside the data folder')
      }
    })

    test('where it keeps roots it never overwrites one, unless the same is sealed anew', async () => {
      if (at.place !== undefined) {
        const { mend } = await refusal(at.open().keep(randomBytes(32), false))
        expect(mend).toContain('systemd-creds')
        return
      }
      const secret = randomBytes(32)
      await keep(secret)
      await refusal(at.open().keep(randomBytes(32), false), secret)
      expect(await secretOf(at.open())).toEqual(secret)
      await at.open().keep(Buffer.from(secret), true)
      expect(await secretOf(at.open())).toEqual(secret)
      expect(statSync(at.path).mode & 0o777).toBe(0o600)
      expect(readdirSync(dirname(at.path)).filter((name) => name.startsWith('.'))).toEqual([])
    })
  })
}

/** A StartError with something to do, that tells no secret. */
export async function refusal(work: Promise<unknown>, secret?: Buffer): Promise<StartError> {
  const error: unknown = await work.catch((e: unknown) => e)
  if (!(error instanceof StartError)) throw new Error('expected a StartError', { cause: error })
  expect(error.message.length).toBeGreaterThan(20)
  expect(error.mend.length).toBeGreaterThan(20)
  if (secret !== undefined) {
    for (const form of ['hex', 'base64'] as const)
      expect(error.message + error.mend).not.toContain(secret.toString(form))
  }
  return error
}
