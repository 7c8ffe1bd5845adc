import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { CHAIN_START, recordHash } from '../../audit/chain.ts'
import { endsAtSealedHead } from '../../audit/head-check.ts'
import { openDatabase } from '../database.ts'

const PROCESS = fileURLToPath(new URL('audit-until-killed.test-support.ts', import.meta.url))
const ROUNDS = 8

const dataDir = mkdtempSync(join(tmpdir(), 'coffer-audit-kill-'))
afterAll(() => rmSync(dataDir, { recursive: true }))

/** Runs the reporting process and kills it some time after its first acknowledgement. */
async function acknowledgedBeforeKill(round: number, afterMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [PROCESS, dataDir, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  const exited = once(child, 'close')
  await once(child.stdout, 'data')
  setTimeout(() => child.kill('SIGKILL'), afterMs)
  expect(((await exited) as [number | null, string | null])[1]).toBe('SIGKILL')
  return said.slice(0, said.lastIndexOf('\n')).split('\n')
}

test(
  `the chain is whole and holds every acknowledged act after ${ROUNDS} kill -9`,
  { timeout: 120_000 },
  async () => {
    const seed = Date.now() % 2 ** 31
    console.warn(`audit kill test: seed ${seed}`)
    const acknowledged: string[] = []
    for (const [round, delay] of fc
      .sample(fc.integer({ min: 0, max: 250 }), { seed, numRuns: ROUNDS })
      .entries()) {
      acknowledged.push(...(await acknowledgedBeforeKill(round, delay)))
      const database = await openDatabase({ dataDir })
      const { audit } = database
      expect(await endsAtSealedHead(audit, Buffer.alloc(32, 7))).toBe(true)
      const records = await audit.chain(0, 1_000_000)
      let previous = CHAIN_START
      for (const [i, record] of records.entries()) {
        expect(record.sequence).toBe(i + 1)
        expect(record.previousHash.equals(previous) && recordHash(record).equals(record.hash)).toBe(true)
        previous = record.hash
      }
      const kept = new Set(records.map(({ requestId }) => requestId))
      expect(acknowledged.filter((requestId) => !kept.has(requestId))).toEqual([])
      // Counted in the transaction of the events: never one more, never one less.
      const calls = (await audit.keyUses('k', 0)).reduce((sum, use) => sum + use.calls, 0)
      expect(calls).toBe(records.filter(({ keyId }) => keyId === 'k').length)
      await database.close()
    }
    expect(acknowledged.length).toBeGreaterThan(ROUNDS * 5)
  },
)
