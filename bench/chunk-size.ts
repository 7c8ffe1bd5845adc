import { randomBytes } from 'node:crypto'
import { BlobDecryptor, type BlobFacts } from '../lib/crypto/decrypt.ts'
import { BlobEncryptor } from '../lib/crypto/encrypt.ts'
import type { SuiteName } from '../lib/crypto/suites.ts'
import { machine } from './machine.ts'
import { hundredths, median, table, whole } from './table.ts'

/**
 * What the chunk size of a blob costs: MiB per second of processor, for sequential work and for a small range,
 * which must decrypt a whole chunk. The settings take turns, so that a busy machine hurts all of them alike.
 * Run it also with the allocator's settings of scripts/lib/node-runtime.mjs, which the server starts with:
 * without them larger outputs may be mapped anew for each chunk.
 */
const MIB = 2 ** 20
const INPUT_BYTES = 64 * 1024
/** as the blob store reads files */
const LARGE_INPUT_BYTES = 256 * 1024
const ROUNDS = Number(process.argv[2] ?? 9)
/** bytes a turn; the ciphers differ twentyfold */
const TURN_BYTES: Record<SuiteName, number> = { AES256: 64 * MIB, SM4: 8 * MIB }
const SMALL_READS: Record<SuiteName, number> = { AES256: 400, SM4: 40 }
const SMALL_BYTES = 4096

type Workload = 'encrypt' | 'encrypt, odd pieces' | 'decrypt' | 'decrypt, large pieces' | 'read 4 KiB'

interface Setting {
  suite: SuiteName
  chunkLog2: number
  blob: Buffer
  facts: BlobFacts
  dataKey: Buffer
  /** of one turn each: MiB a CPU second, or µs of CPU for the small read */
  results: Record<Workload, number[]>
  faultsPerMib: number[]
}

const inputs = Array.from({ length: 32 }, () => randomBytes(INPUT_BYTES))
/** As a socket delivers: 64 KiB, but never at the edge of a chunk. */
const oddInputs = [randomBytes(1000), ...inputs]

function encrypt(
  suite: SuiteName,
  chunkLog2: number,
  pieces: readonly Buffer[],
  bytes: number,
  dataKey: Buffer,
) {
  const encryptor = new BlobEncryptor({ suite, chunkLog2, blobId: randomBytes(16), dataKey })
  const blobId = encryptor.start().subarray(8, 24)
  const blob = [encryptor.start()]
  let next = 0
  return {
    encryptor,
    blobId,
    blob,
    run: (keep: boolean) => {
      while (encryptor.plaintextBytes < bytes) {
        const sealed = encryptor.push(pieces[next++ % pieces.length]!)
        if (keep) blob.push(...sealed)
      }
      blob.push(...encryptor.end())
    },
  }
}

function prepare(suite: SuiteName, chunkLog2: number): Setting {
  const dataKey = randomBytes(32)
  const { encryptor, blobId, blob, run } = encrypt(suite, chunkLog2, inputs, TURN_BYTES[suite], dataKey)
  run(true)
  const { salt, commitment, plaintextBytes } = encryptor
  return {
    suite,
    chunkLog2,
    dataKey,
    blob: Buffer.concat(blob),
    facts: { suite, chunkLog2, blobId, salt, commitment, plaintextBytes },
    results: {
      encrypt: [],
      'encrypt, odd pieces': [],
      decrypt: [],
      'decrypt, large pieces': [],
      'read 4 KiB': [],
    },
    faultsPerMib: [],
  }
}

function decryptAll({ facts, dataKey, blob }: Setting, pieceBytes: number): void {
  const decryptor = new BlobDecryptor({ facts, dataKey })
  for (let at = 0; at < blob.length; at += pieceBytes) decryptor.push(blob.subarray(at, at + pieceBytes))
  decryptor.end()
}

/** Without the reading itself: what the processor does for a range of 4 KiB in the middle of a chunk. */
function readSmall({ suite, facts, dataKey, chunkLog2, blob }: Setting): void {
  const chunkBytes = 2 ** chunkLog2
  for (let index = 0; index < SMALL_READS[suite]; index++) {
    const start = chunkBytes / 2
    const decryptor = new BlobDecryptor({
      facts,
      dataKey,
      range: { start, endInclusive: start + SMALL_BYTES - 1 },
    })
    const { offset, length } = decryptor.ciphertextRange
    decryptor.push(blob.subarray(offset, offset + length))
    decryptor.end()
  }
}

/** Processor seconds of `work`. */
function cpuOf(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function turn(setting: Setting): void {
  const { suite, chunkLog2, dataKey, results } = setting
  const bytes = TURN_BYTES[suite]
  const faultsBefore = process.resourceUsage().minorPageFault
  results.encrypt.push(
    bytes / MIB / cpuOf(() => encrypt(suite, chunkLog2, inputs, bytes, dataKey).run(false)),
  )
  const odd = cpuOf(() => encrypt(suite, chunkLog2, oddInputs, bytes, dataKey).run(false))
  results['encrypt, odd pieces'].push(bytes / MIB / odd)
  results.decrypt.push(bytes / MIB / cpuOf(() => decryptAll(setting, INPUT_BYTES)))
  const large = cpuOf(() => decryptAll(setting, LARGE_INPUT_BYTES))
  results['decrypt, large pieces'].push(bytes / MIB / large)
  setting.faultsPerMib.push((process.resourceUsage().minorPageFault - faultsBefore) / ((4 * bytes) / MIB))
  results['read 4 KiB'].push((cpuOf(() => readSmall(setting)) / SMALL_READS[suite]) * 1e6)
}

const settings = (['AES256', 'SM4'] as const).flatMap((suite) =>
  [16, 17, 18, 20].map((chunkLog2) => prepare(suite, chunkLog2)),
)
for (let round = 0; round <= ROUNDS; round++) {
  for (const setting of settings) turn(setting)
  // The first round warms up compiler and allocator.
  if (round === 0)
    for (const { results, faultsPerMib } of settings)
      for (const list of [...Object.values(results), faultsPerMib]) list.length = 0
}

const tuned = process.env['MALLOC_TRIM_THRESHOLD_'] !== undefined
console.log(
  `${machine()}, ${tuned ? 'allocator tuned' : 'allocator as it is'}, medians of ${ROUNDS} rounds\n`,
)
console.log(
  table(
    [
      'suite, chunk',
      'encrypt MiB/CPU s',
      'odd pieces',
      'decrypt',
      'large pieces',
      'read 4 KiB µs',
      'faults/MiB',
    ],
    settings.map(({ suite, chunkLog2, results, faultsPerMib }) => [
      `${suite} 2^${chunkLog2}`,
      whole(median(results.encrypt)),
      whole(median(results['encrypt, odd pieces'])),
      whole(median(results.decrypt)),
      whole(median(results['decrypt, large pieces'])),
      whole(median(results['read 4 KiB'])),
      hundredths(median(faultsPerMib)),
    ]),
  ),
)
