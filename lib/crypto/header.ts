import { CryptoError } from './crypto-error.ts'
import { suiteById, suiteByName, type SuiteName } from './suites.ts'

export const HEADER_BYTES = 88
const MAGIC = Buffer.from('OSE1')
const VERSION = 1

/** What the first 88 bytes of a blob say (FORMAT.md, "Blob"). */
export interface BlobHeader {
  suite: SuiteName
  chunkLog2: number
  /** 16 bytes */
  blobId: Buffer
  /** 32 bytes */
  salt: Buffer
  /** 32 bytes */
  commitment: Buffer
}

/** Bytes 4…24 of the header: what key derivation binds. */
export function headerParameters(header: Pick<BlobHeader, 'suite' | 'chunkLog2' | 'blobId'>): Buffer {
  checkChunkLog2(header.chunkLog2)
  if (header.blobId.length !== 16) throw new CryptoError('BadArgument', 'A blob id has 16 bytes')
  return Buffer.concat([
    Buffer.from([VERSION, suiteByName(header.suite).id, header.chunkLog2, 0]),
    header.blobId,
  ])
}

/** @throws CryptoError BadArgument | BadFormat */
export function encodeHeader(header: BlobHeader): Buffer {
  if (header.salt.length !== 32 || header.commitment.length !== 32)
    throw new CryptoError('BadArgument', 'Salt and commitment have 32 bytes')
  return Buffer.concat([MAGIC, headerParameters(header), header.salt, header.commitment])
}

/** Strict: every value but the specified ones is refused. @throws CryptoError BadFormat */
export function readHeader(bytes: Buffer): BlobHeader {
  if (
    bytes.length < HEADER_BYTES ||
    !bytes.subarray(0, 4).equals(MAGIC) ||
    bytes[4] !== VERSION ||
    bytes[7] !== 0
  )
    throw new CryptoError('BadFormat', 'Not an OSE1 blob')
  const suite = suiteById(bytes[5]!).name
  const chunkLog2 = bytes[6]!
  checkChunkLog2(chunkLog2)
  return {
    suite,
    chunkLog2,
    blobId: bytes.subarray(8, 24),
    salt: bytes.subarray(24, 56),
    commitment: bytes.subarray(56, HEADER_BYTES),
  }
}

function checkChunkLog2(chunkLog2: number): void {
  if (!Number.isInteger(chunkLog2) || chunkLog2 < 16 || chunkLog2 > 20)
    throw new CryptoError('BadFormat', 'Unsupported chunk size')
}
