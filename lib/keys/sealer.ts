import { StoreError } from '../errors.ts'
import type { SealLabel } from './keyring.ts'
import { RootBox, RootBoxError } from './root/root-box.ts'
import type { Root } from './root/root-key.ts'

/** Seals what must not lie open in the database, one key a label (keyring.ts, `seal`). */
export class Sealer {
  readonly #boxes: Record<SealLabel, RootBox>

  constructor(root: Root) {
    this.#boxes = {
      etag: new RootBox(root, 'seal', 'etag'),
      'access-key-secret': new RootBox(root, 'seal', 'access-key-secret'),
      session: new RootBox(root, 'seal', 'session'),
      upload: new RootBox(root, 'seal', 'upload'),
      'key-import': new RootBox(root, 'seal', 'key-import'),
      symlink: new RootBox(root, 'seal', 'symlink'),
    }
  }

  seal(label: SealLabel, binding: string, bytes: Buffer): Buffer {
    return this.#boxes[label].seal([binding], bytes)
  }

  /** @throws StoreError ObjectCorrupt */
  open(label: SealLabel, binding: string, sealed: Buffer): Buffer {
    try {
      return this.#boxes[label].open([binding], sealed)
    } catch (error) {
      if (error instanceof RootBoxError)
        throw new StoreError('ObjectCorrupt', 'Sealed bytes could not be opened', { label })
      throw error
    }
  }
}
