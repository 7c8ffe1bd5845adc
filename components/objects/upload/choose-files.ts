import { phaseOf } from './upload-state'
import type { SameName, UploadQueue } from './uploader-plugin'

/**
 * Adds files to the queue. Of one name the later choice counts: it takes the place of an earlier one that has not been
 * sent, and follows one that has.
 */
export function chooseFiles(uppy: UploadQueue, prefix: string, files: Iterable<File>): void {
  const chosen = new Map<string, { file: File; path: string; sameName?: SameName }>()
  for (const file of files) {
    const path = pathOf(file)
    const twice = chosen.has(prefix + path)
    chosen.set(prefix + path, { file, path, ...(twice && { sameName: 'replaces' }) })
  }
  const queued = uppy.getFiles().filter(({ meta }) => chosen.has(meta.key))
  const unsent = queued.filter((file) => ['waiting', 'failed'].includes(phaseOf(file)))
  for (const { meta } of unsent) chosen.get(meta.key)!.sameName = 'replaces'
  uppy.removeFiles(unsent.map(({ id }) => id))
  for (const { id, meta } of queued) if (uppy.getFile(id)) chosen.get(meta.key)!.sameName = 'follows'
  uppy.addFiles(
    Array.from(chosen, ([key, { file, path, sameName }]) => ({
      data: file,
      name: file.name,
      type: file.type,
      source: 'local',
      meta: { key, relativePath: path, ...(sameName && { sameName }) },
    })),
  )
}

/** Where a file lay in the folder it came with: from a drop, or from a folder picker; else just its name. */
function pathOf(file: File): string {
  const dropped = 'relativePath' in file && typeof file.relativePath === 'string' ? file.relativePath : ''
  return (dropped || file.webkitRelativePath || file.name).replace(/^\/+/, '')
}
