import { createHmac, randomBytes } from 'node:crypto'
import type { SuiteName } from '../../crypto/suites.ts'
import { unwrapDataKey, wrapDataKey } from '../../crypto/wrap.ts'
import type { WrapBinding } from '../../crypto/wrap.ts'
import { StoreError } from '../../errors.ts'
import { BoundedCache } from '../bounded-cache.ts'
import type { KeyProvider, KeyVersion } from '../key-provider.ts'
import { lengthPrefixedList } from '../length-prefixed.ts'
import { RootBox, RootBoxError } from '../root/root-box.ts'
import type { Root } from '../root/root-key.ts'
import { sameBytes } from '../same-bytes.ts'

type Identity = Pick<KeyVersion, 'keyId' | 'version' | 'spec'>

/** The size of a key of this spec; either wraps data keys of either suite, as the wrapping key is derived from it. */
const MATERIAL_BYTES: Record<KeyVersion['spec'], number> = { AES_256: 32, SM4: 16 }

/** Key material kept open; a server uses few keys at a time and each is 32 bytes. */
const OPEN_MATERIALS = 1024

/** Keeps key material in the database, wrapped by the root and bound to keyId, version and spec. */
export class EmbeddedKeyProvider implements KeyProvider {
  readonly #box: RootBox
  readonly #checkKey: Buffer
  readonly #open = new BoundedCache<Buffer>({
    limit: OPEN_MATERIALS,
    onEvict: (material) => material.fill(0),
  })

  constructor(root: Root) {
    this.#box = new RootBox(root, 'key-material')
    this.#checkKey = root.derive('key-check-value')
  }

  async createKeyVersion(id: Identity): Promise<Pick<KeyVersion, 'wrappedMaterial' | 'checkValue'>> {
    const material = randomBytes(MATERIAL_BYTES[id.spec])
    try {
      return await this.importKeyVersion(id, material)
    } finally {
      material.fill(0)
    }
  }

  /** @throws StoreError IncorrectKeyMaterial for another size than the spec's */
  async importKeyVersion(
    id: Identity,
    material: Buffer,
  ): Promise<Pick<KeyVersion, 'wrappedMaterial' | 'checkValue'>> {
    const expected = MATERIAL_BYTES[id.spec]
    if (material.length !== expected) {
      throw new StoreError(
        'IncorrectKeyMaterial',
        `Key material of a key of ${id.spec} has ${expected} bytes`,
        {
          expected,
        },
      )
    }
    return {
      wrappedMaterial: this.#box.seal(bindingOf(id), material),
      checkValue: this.#checkValueOf(id, material),
    }
  }

  async wrapDataKey(
    version: KeyVersion,
    suite: SuiteName,
    dataKey: Buffer,
    binding: WrapBinding,
  ): Promise<Buffer> {
    return wrapDataKey(suite, this.#material(version), dataKey, binding)
  }

  async unwrapDataKey(version: KeyVersion, wrapped: Buffer, binding: WrapBinding): Promise<Buffer> {
    return unwrapDataKey(this.#material(version), wrapped, binding)
  }

  forget(keyId: string): void {
    for (const name of this.#open.keys()) if (name.startsWith(`${keyId}/`)) this.#open.delete(name)
  }

  /** Used before the next await only: eviction wipes the buffer. */
  #material(version: KeyVersion): Buffer {
    const name = bindingOf(version).join('/')
    const known = this.#open.get(name)
    if (known !== undefined) return known
    const material = this.#box.open(bindingOf(version), version.wrappedMaterial)
    // GCM does not commit to its key; the check value does.
    if (!sameBytes(this.#checkValueOf(version, material), version.checkValue)) throw new RootBoxError()
    this.#open.set(name, material)
    return material
  }

  /** Keyed by the root and bound to the key: a thief of the database can neither guess material nor find twins. */
  #checkValueOf({ keyId, spec }: Identity, material: Buffer): Buffer {
    return createHmac('sha256', this.#checkKey)
      .update(lengthPrefixedList([keyId, spec]))
      .update(material)
      .digest()
  }
}

function bindingOf({ keyId, version, spec }: Identity): string[] {
  return [keyId, String(version), spec]
}
