import { hkdf } from './hkdf.ts'
import { headerParameters } from './header.ts'
import { suiteByName, type ChunkCipher, type SuiteName } from './suites.ts'
import { CryptoError } from './crypto-error.ts'

const BLOB_INFO = Buffer.from('ose/v1/blob\0')
const COMMITMENT_BYTES = 32

/**
 * OKM = HKDF(hash, ikm=DEK, salt, "ose/v1/blob\0" ‖ header[4..24)) → chunk keys ‖ commitment. The parameters
 * are bound into the keys: nobody can make us read a blob with another suite or chunk size (CVE-2020-8912).
 */
export function deriveBlobKeys(p: {
  suite: SuiteName
  chunkLog2: number
  blobId: Buffer
  dataKey: Buffer
  salt: Buffer
}): { cipher: ChunkCipher; commitment: Buffer } {
  if (p.dataKey.length !== 32) throw new CryptoError('BadArgument', 'A data key has 32 bytes')
  if (p.salt.length !== 32) throw new CryptoError('BadFormat', 'A blob salt has 32 bytes')
  const suite = suiteByName(p.suite)
  const okm = hkdf(
    suite.hash,
    p.dataKey,
    p.salt,
    Buffer.concat([BLOB_INFO, headerParameters(p)]),
    suite.chunkKeyBytes + COMMITMENT_BYTES,
  )
  return { cipher: suite.chunkCipher(okm, 2 ** p.chunkLog2), commitment: okm.subarray(suite.chunkKeyBytes) }
}
