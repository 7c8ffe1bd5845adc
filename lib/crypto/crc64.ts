import { crc64Module, INPUT_OFFSET, MEMORY_PAGES } from './crc64-wasm.ts'
import type { Checksum } from './checksums.ts'

export type Crc64Name = 'crc64nvme' | 'crc64ecma'

/** Reflected polynomials: NVM Express (S3's CRC64NVME) and ECMA-182 (XZ, OSS and COS). */
export const CRC64_POLYNOMIALS: Readonly<Record<Crc64Name, bigint>> = {
  crc64nvme: 0x9a6c9329ac4bc9b5n,
  crc64ecma: 0xc96c5795d7870f42n,
}

const ALL_ONES = 0xffffffffffffffffn
const INPUT_BYTES = MEMORY_PAGES * 65536 - INPUT_OFFSET

interface Engine {
  input: Uint8Array
  update: (crc: bigint, at: number, length: number) => bigint
}

const engines = new Map<Crc64Name, Engine>()

/** CRC-64 with all-ones initial and final value; 8 bytes big-endian. */
export function createCrc64(name: Crc64Name): Checksum {
  const engine = engineOf(name)
  let crc = ALL_ONES
  return {
    update: (bytes) => {
      for (let at = 0; at < bytes.length; at += INPUT_BYTES) {
        const piece = bytes.subarray(at, at + INPUT_BYTES)
        engine.input.set(piece)
        crc = engine.update(crc, INPUT_OFFSET, piece.length)
      }
    },
    digest: () => {
      const digest = Buffer.alloc(8)
      digest.writeBigUInt64BE(BigInt.asUintN(64, crc ^ ALL_ONES))
      return digest
    },
  }
}

function engineOf(name: Crc64Name): Engine {
  const known = engines.get(name)
  if (known) return known
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(crc64Module()))
  const memory = (exports['memory'] as WebAssembly.Memory).buffer
  fillTables(new BigUint64Array(memory, 0, 16 * 256), CRC64_POLYNOMIALS[name])
  const engine = {
    input: new Uint8Array(memory, INPUT_OFFSET),
    update: exports['update'] as Engine['update'],
  }
  engines.set(name, engine)
  return engine
}

function fillTables(tables: BigUint64Array, polynomial: bigint): void {
  for (let i = 0; i < 256; i++) {
    let value = BigInt(i)
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n
    tables[i] = value
  }
  for (let i = 256; i < 16 * 256; i++) {
    const previous = tables[i - 256]!
    tables[i] = (previous >> 8n) ^ tables[Number(previous & 255n)]!
  }
}
