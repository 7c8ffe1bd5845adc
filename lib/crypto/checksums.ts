import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { crc32c } from '@node-rs/crc32'
import { createXXHash128, createXXHash3, createXXHash64, type IHasher } from 'hash-wasm'
import { CryptoError } from './crypto-error.ts'
import { createCrc64 } from './crc64.ts'

/** A running digest; `digest()` once, raw and big-endian as S3 writes it. */
export interface Checksum {
  update(bytes: Buffer): void
  digest(): Buffer
}

export type ChecksumName =
  | 'md5'
  | 'sha1'
  | 'sha256'
  | 'sha512'
  | 'crc32'
  | 'crc32c'
  | 'crc64nvme'
  | 'crc64ecma'
  | 'xxhash64'
  | 'xxhash3'
  | 'xxhash128'

type WasmName = 'xxhash64' | 'xxhash3' | 'xxhash128'
const wasmMakers: Record<WasmName, () => Promise<IHasher>> = {
  xxhash64: () => createXXHash64(),
  xxhash3: () => createXXHash3(),
  xxhash128: () => createXXHash128(),
}
const wasmStates = new Map<WasmName, { hasher: IHasher; initial: Uint8Array }>()

/** Loads what must be loaded asynchronously; once, before the first xxhash. */
export async function readyChecksums(): Promise<void> {
  for (const name of ['xxhash64', 'xxhash3', 'xxhash128'] as const) {
    if (wasmStates.has(name)) continue
    const hasher = await wasmMakers[name]()
    wasmStates.set(name, { hasher, initial: hasher.init().save() })
  }
}

/** @throws CryptoError BadArgument when `readyChecksums` has not run (xxhash only) */
export function createChecksum(name: ChecksumName): Checksum {
  switch (name) {
    case 'md5':
    case 'sha1':
    case 'sha256':
    case 'sha512':
      return nodeHash(name)
    case 'crc32':
      return crc((bytes, value) => crc32(bytes, value))
    case 'crc32c':
      return crc((bytes, value) => crc32c(bytes, value))
    case 'crc64nvme':
    case 'crc64ecma':
      return createCrc64(name)
    case 'xxhash64':
    case 'xxhash3':
    case 'xxhash128':
      return wasmHash(name)
  }
}

function nodeHash(name: string): Checksum {
  const hash = createHash(name)
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() }
}

function crc(next: (bytes: Buffer, value: number) => number): Checksum {
  let value = 0
  return {
    update: (bytes) => {
      value = next(bytes, value)
    },
    digest: () => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value >>> 0)
      return bytes
    },
  }
}

/** One wasm instance serves many running digests: each update loads and saves the state. */
function wasmHash(name: WasmName): Checksum {
  const loaded = wasmStates.get(name)
  if (loaded === undefined) throw new CryptoError('BadArgument', 'Checksums are not ready')
  const { hasher } = loaded
  let state = loaded.initial
  return {
    update: (bytes) => {
      state = hasher.load(state).update(bytes).save()
    },
    digest: () => Buffer.from(hasher.load(state).digest('binary')),
  }
}
