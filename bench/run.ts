import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { join } from 'node:path'
import { getLarge, type LargeBody, largeBody, type LargeResult, putLarge } from './large.ts'
import { diskSpeed, machine, opensslSpeeds, touchMemory } from './machine.ts'
import { CONNECTIONS, rateOf, sendAll, SMALL_BYTES, smallRequests, type SmallResult } from './small.ts'
import { hundredths, median, table, whole } from './table.ts'
import { startTargets, type Target } from './targets.ts'

/**
 * Measures a real server beside bare node:http servers (one discards, one keeps files), alternating, with one cheap client in this process.
 * The client shares the machine, so processor seconds of the server are told beside the speed by the clock.
 */
const { values: options } = parseArgs({
  options: {
    /** MiB of a large object */
    size: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '3' },
    /** of each measurement of small requests */
    seconds: { type: 'string', default: '3' },
    /** keys of small objects in each mode */
    keys: { type: 'string', default: '8000' },
  },
})
const SIZE = Number(options.size)
const ROUNDS = Number(options.rounds)
const SECONDS = Number(options.seconds)
const KEYS = Number(options.keys)
/** SM4 runs at a twentieth of AES: an eighth of the bytes tells as much. */
const SLOW = 8

const large = new Map<string, LargeResult[]>()
const small = new Map<string, SmallResult[]>()
const disk: number[] = []

console.log(
  `${machine()}\n${SIZE} MiB objects, ${SMALL_BYTES} byte objects at ${CONNECTIONS} connections; medians of ${ROUNDS} rounds\n`,
)
const openssl = opensslSpeeds()
const bodies = { whole: largeBody(SIZE), slow: largeBody(Math.max(1, SIZE / SLOW)) }
for (let round = 1; round <= ROUNDS; round++) {
  console.error(`round ${round} of ${ROUNDS}`)
  await oneRound()
}
report()

/** A fresh server each round: its folder is removed with everything that replaced objects left in it. */
async function oneRound(): Promise<void> {
  const here = join(import.meta.dirname, '..', '.coffer')
  mkdirSync(here, { recursive: true })
  const folder = mkdtempSync(join(here, 'bench-'))
  const running = await startTargets(folder)
  try {
    touchMemory(folder, 6 * SIZE)
    disk.push(diskSpeed(folder, Math.min(SIZE, 1024)))
    for (const target of running.targets) await measureLarge(target)
    for (const target of running.targets) await measureSmall(target)
  } finally {
    await running.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureLarge(target: Target): Promise<void> {
  const body: LargeBody = target.name.includes('SM4') ? bodies.slow : bodies.whole
  add(large, `PUT unsigned ${target.name}`, await putLarge(target, body, 'unsigned'))
  add(large, `PUT signed ${target.name}`, await putLarge(target, body, 'signed'))
  add(large, `GET ${target.name}`, await getLarge(target, body))
}

async function measureSmall(target: Target): Promise<void> {
  const { puts, gets } = smallRequests(target, KEYS)
  // The first requests pay for compilation, and the reads below need every object.
  await sendAll(target, puts)
  add(small, `PUT ${target.name}`, await rateOf(target, puts, SECONDS))
  add(small, `GET ${target.name}`, await rateOf(target, gets, SECONDS))
}

function add<T>(results: Map<string, T[]>, name: string, result: T): void {
  results.set(name, [...(results.get(name) ?? []), result])
}

function report(): void {
  const names = [...new Set([...small.keys()].map((name) => name.slice(4)))]
  for (const [title, prefix] of [
    [`PUT ${SIZE} MiB, UNSIGNED-PAYLOAD`, 'PUT unsigned '],
    [`PUT ${SIZE} MiB, payload signed (the server must check its SHA-256)`, 'PUT signed '],
    [`GET ${SIZE} MiB`, 'GET '],
  ] as const) {
    const of = (name: string, pick: (result: LargeResult) => number) =>
      median((large.get(prefix + name) ?? []).map(pick))
    const bare = of(names[0] ?? '', (result) => result.speed)
    const files = of(names[1] ?? '', (result) => result.speed)
    const rows = names.map((name) => {
      const speed = of(name, (result) => result.speed)
      return [
        name,
        whole(speed),
        hundredths(speed / bare),
        hundredths(speed / files),
        hundredths(of(name, (result) => result.cpuPerGiB)),
        whole(of(name, (result) => result.peak)),
      ]
    })
    console.log(
      `${title}\n${table(['', 'MiB/s', '× bare', '× files', 'server CPU s/GiB', 'peak RSS MB'], rows)}\n`,
    )
  }
  for (const verb of ['PUT', 'GET']) {
    const of = (name: string, pick: (result: SmallResult) => number) =>
      median((small.get(`${verb} ${name}`) ?? []).map(pick))
    const bare = of(names[0] ?? '', (result) => result.rate)
    const files = of(names[1] ?? '', (result) => result.rate)
    const rows = names.map((name) => {
      const rate = of(name, (result) => result.rate)
      return [
        name,
        whole(rate),
        hundredths(rate / bare),
        hundredths(rate / files),
        whole(of(name, (result) => result.cpu)),
      ]
    })
    console.log(
      `${verb} ${SMALL_BYTES} bytes${verb === 'PUT' ? ', durable, payload signed' : ''}\n${table(['', 'requests/s', '× bare', '× files', 'server CPU µs'], rows)}\n`,
    )
  }
  console.log(
    `openssl speed, one core, MB/s: ${[...openssl].map(([name, speed]) => `${name} ${whole(speed)}`).join(', ') || 'no openssl here'}`,
  )
  console.log(`this disk, write and fdatasync: ${whole(median(disk))} MiB/s`)
  console.log(
    `hashes: every PUT of plain and SSE-S3 objects computes MD5 (their ETag), every PUT a CRC-64/NVME; a signed payload adds SHA-256`,
  )
}
