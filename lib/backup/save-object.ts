import { constants, createReadStream } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BackupError } from './backup-error.ts'
import type { ReadBlob } from './decrypt-object.ts'
import { cannotWrite, syncFolder } from './new-file.ts'

const PIECE = 256 * 1024

/** Reads blobs from a folder as `lib/blobs/filesystem.ts` lays it out; any copy of it will do. */
export function blobsIn(directory: string): ReadBlob {
  return async function* (blobId) {
    const path = join(directory, blobId.slice(0, 2), blobId)
    try {
      for await (const piece of createReadStream(path, { highWaterMark: PIECE })) yield piece as Buffer
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error
      throw new BackupError(
        'NotFound',
        `The blob ${blobId} cannot be read (${error.code}).`,
        `It should lie at ${path}: check --blob-dir.`,
      )
    }
  }
}

/**
 * Writes a plaintext to a new file of mode 0600. Nothing is left of it unless all of it proved itself.
 * @returns bytes
 * @throws BackupError FileExists | CannotWrite, and whatever `plaintext` throws
 */
export async function saveObject(path: string, plaintext: AsyncIterable<Buffer>): Promise<number> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600).catch(
    (error: unknown) => {
      throw cannotWrite(path, error)
    },
  )
  let bytes = 0
  try {
    for await (const piece of plaintext) {
      // FileHandle.writeFile continues short writes, from where the file stands.
      await file.writeFile(piece).catch((error: unknown) => {
        throw cannotWrite(path, error)
      })
      bytes += piece.length
    }
    await file.sync()
    await file.close()
    await syncFolder(dirname(path))
    return bytes
  } catch (error) {
    await file.close().catch(() => undefined)
    await unlink(path).catch(() => undefined)
    throw error
  }
}
