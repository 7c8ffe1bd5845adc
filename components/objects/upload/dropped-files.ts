import { getDroppedFiles } from '@uppy/core/utils'

/** The files of a drop, those of dropped folders with their `relativePath`. */
export default async function droppedFiles(transfer: DataTransfer | null): Promise<File[]> {
  return transfer ? getDroppedFiles(transfer) : []
}
