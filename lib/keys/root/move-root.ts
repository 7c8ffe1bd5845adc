import { sameBytes } from '../same-bytes.ts'
import { StartError } from '../start-error.ts'
import { openRoot } from './open-root.ts'
import type { OpenRootOptions } from './open-root.ts'
import { rootFromSecret } from './root-key.ts'
import type { RootSource } from './root-source.ts'

/**
 * Puts the root of a data folder into another source, or seals it anew in the same one, e.g. under a new passphrase.
 * The old source keeps what it has. Nothing is encrypted anew: it is the same root.
 * @throws StartError; then the old source still opens the data folder
 */
export async function moveRoot(from: OpenRootOptions, to: RootSource): Promise<void> {
  if (to.byHand !== undefined)
    throw new StartError(`${to.name} is nothing that Coffer can write to.`, to.byHand)
  await refuseUnlessBegun(from)
  const { checkValue } = await openRoot(from)
  const found = await from.source.unseal()
  if (found.kind !== 'whole') throw vanished(from.source)
  try {
    // Elsewhere there may lie the root of another data folder.
    const inPlace = to.files[0] !== undefined && from.source.files.includes(to.files[0])
    await to.keep(found.secret, inPlace)
  } finally {
    found.secret.fill(0)
  }
  const reread = await to.unseal()
  if (reread.kind === 'whole' && sameBytes(rootFromSecret(reread.secret).checkValue, checkValue)) return
  throw new StartError(
    `${to.name} does not give back the root key that was put into it.`,
    'Keep the settings as they were: the old place still holds the root key.',
  )
}

/** Where no root was ever opened, `openRoot` would make one, and the move would seem to succeed. */
async function refuseUnlessBegun({ dataDir, repository }: OpenRootOptions): Promise<void> {
  if ((await repository.rootCheckValue()) !== undefined) return
  throw new StartError(
    `The data folder ${dataDir} has no root key yet, so there is none to move.`,
    'Check COFFER_DATA_DIR; or start Coffer with the new settings: it makes a root key there.',
  )
}

function vanished(source: RootSource): StartError {
  return new StartError(`${source.name} vanished while it was read.`, 'Put it back from your backup.')
}
