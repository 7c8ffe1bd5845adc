import { createHash, createHmac, randomBytes } from 'node:crypto'
import { CryptoError } from '../../crypto/crypto-error.ts'
import { suiteByName } from '../../crypto/suites.ts'
import type { SuiteName } from '../../crypto/suites.ts'
import { unwrapDataKey, wrapDataKey } from '../../crypto/wrap.ts'
import type { WrapBinding } from '../../crypto/wrap.ts'
import { StoreError } from '../../errors.ts'
import { BoundedCache } from '../bounded-cache.ts'
import type { KeyProvider, KeyVersion, KeyVersionName } from '../key-provider.ts'
import { lengthPrefixedList } from '../length-prefixed.ts'
import { sameBytes } from '../same-bytes.ts'
import { RemoteError } from './remote-cipher.ts'
import type { RemoteCipher, RemoteContext } from './remote-cipher.ts'

const FORMAT = 2
const HEADER_BYTES = 2
const TAG_BYTES = 32
const MATERIAL_BYTES = 32
const MATERIALS = 1024
const DATA_KEYS = 4096

export interface ExternalKeyProviderOptions {
  /** what `kms_key.provider` calls the service */
  name: string
  cipher: RemoteCipher
  /** the service's key for all keys of projects; undefined: one for each, made as `coffer-<key ID>` */
  sharedKey: string | undefined
  /** ms that an opened data key may be used without asking again, at most five minutes; then a revocation bites */
  cacheMs: number
  now?: () => number
}

/**
 * Keys of projects under a key service beside this process. One call to it for each data key:
 *
 *   wrapped material = remote(M)                        M: 32 random bytes of this version of the key
 *   wrapped data key = 02 ‖ suite ‖ tag(32) ‖ remote(w)  w as crypto/FORMAT.md says ("Wrapped data key"), under M
 *   tag = HMAC-SHA256(HMAC-SHA256(M, "coffer/external-key/v1/tag"), 02 ‖ suite ‖ LP(binding)… ‖ remote(w))
 *
 * Both keys are needed. The service's, so that it sees each data key, can refuse, and nothing here decrypts without
 * it. And M, so that everything bound to a data key is bound here too, whatever the service makes of its context; so
 * that the wrapping commits to its key; and so that destroying a key here destroys what hangs on it though the
 * service still has its part.
 */
export class ExternalKeyProvider implements KeyProvider {
  readonly #options: ExternalKeyProviderOptions
  readonly #materials: BoundedCache<Buffer>
  readonly #dataKeys: BoundedCache<Buffer>

  constructor(options: ExternalKeyProviderOptions) {
    this.#options = options
    const { cacheMs: lifetimeMs, now = Date.now } = options
    const onEvict = (key: Buffer): unknown => key.fill(0)
    this.#materials = new BoundedCache({ limit: MATERIALS, lifetimeMs, now, onEvict })
    this.#dataKeys = new BoundedCache({ limit: DATA_KEYS, lifetimeMs, now, onEvict })
  }

  /** The first version makes the key in the service, each later one rotates it there; a shared key is left alone. */
  async createKeyVersion(
    version: KeyVersionName,
  ): Promise<Pick<KeyVersion, 'wrappedMaterial' | 'checkValue'>> {
    const { cipher } = this.#options
    const own = this.#remoteKey(version)
    if (own !== this.#options.sharedKey && version.providerKey === undefined) {
      await this.#asked(() => (version.version === 1 ? cipher.createKey?.(own) : cipher.rotateKey?.(own)))
    }
    const material = randomBytes(MATERIAL_BYTES)
    try {
      const wrappedMaterial = await this.#asked(() =>
        cipher.encrypt(own, material, contextOf(version, 'material')),
      )
      return { wrappedMaterial, checkValue: checkValueOf(version, material) }
    } finally {
      material.fill(0)
    }
  }

  async wrapDataKey(
    version: KeyVersion,
    suiteName: SuiteName,
    dataKey: Buffer,
    binding: WrapBinding,
  ): Promise<Buffer> {
    const material = await this.#material(version)
    try {
      const inner = wrapDataKey(suiteName, material, dataKey, binding)
      const sealed = await this.#asked(() =>
        this.#options.cipher.encrypt(this.#remoteKey(version), inner, contextOf(version, 'data-key')),
      )
      const header = Buffer.from([FORMAT, suiteByName(suiteName).id])
      return Buffer.concat([header, tagOf(material, header, binding, sealed), sealed])
    } finally {
      material.fill(0)
    }
  }

  async unwrapDataKey(version: KeyVersion, wrapped: Buffer, binding: WrapBinding): Promise<Buffer> {
    // Also where the data key is remembered: the version that the caller holds may be another one by now.
    const material = await this.#material(version)
    try {
      const name = dataKeyName(version, wrapped, binding)
      const known = this.#dataKeys.get(name)
      if (known !== undefined) return Buffer.from(known)
      const dataKey = unwrapDataKey(
        material,
        await this.#opened(version, material, wrapped, binding),
        binding,
      )
      this.#dataKeys.set(name, Buffer.from(dataKey))
      return dataKey
    } finally {
      material.fill(0)
    }
  }

  forget(keyId: string): void {
    for (const cache of [this.#materials, this.#dataKeys])
      for (const name of cache.keys()) if (name.startsWith(`${keyId}/`)) cache.delete(name)
  }

  /** The wrapping under M, as the service gives it back. */
  async #opened(
    version: KeyVersion,
    material: Buffer,
    wrapped: Buffer,
    binding: WrapBinding,
  ): Promise<Buffer> {
    const header = wrapped.subarray(0, HEADER_BYTES)
    const tag = wrapped.subarray(HEADER_BYTES, HEADER_BYTES + TAG_BYTES)
    const sealed = wrapped.subarray(HEADER_BYTES + TAG_BYTES)
    if (header[0] !== FORMAT || !sameBytes(tag, tagOf(material, header, binding, sealed))) throw refused()
    const inner = await this.#asked(() =>
      this.#options.cipher.decrypt(this.#remoteKey(version), sealed, contextOf(version, 'data-key')),
    )
    if (inner[1] !== header[1]) throw refused()
    return inner
  }

  /** A copy, which the caller wipes: what is remembered is wiped when it leaves the cache. */
  async #material(version: KeyVersion): Promise<Buffer> {
    const name = materialName(version)
    const known = this.#materials.get(name)
    if (known !== undefined) return Buffer.from(known)
    const material = await this.#asked(() =>
      this.#options.cipher.decrypt(
        this.#remoteKey(version),
        version.wrappedMaterial,
        contextOf(version, 'material'),
      ),
    )
    if (!sameBytes(checkValueOf(version, material), version.checkValue)) throw refused()
    this.#materials.set(name, Buffer.from(material))
    return material
  }

  #remoteKey({ keyId, providerKey }: KeyVersionName): string {
    return providerKey ?? this.#options.sharedKey ?? `coffer-${keyId}`
  }

  /** One language of errors: a refused ciphertext is tampering, all else is a service that cannot be used now. */
  async #asked<T>(call: () => Promise<T>): Promise<T>
  async #asked(call: () => Promise<void> | undefined): Promise<void>
  async #asked<T>(call: () => Promise<T> | undefined): Promise<T | undefined> {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      if (error.failure === 'invalid') throw refused()
      throw new StoreError(
        'KeyServiceUnavailable',
        `The key service ${this.#options.name} cannot be used now.`,
        { service: this.#options.name, failure: error.failure },
        // Its reason may name a file of this machine, which is not for who asked.
        { cause: error },
      )
    }
  }
}

/** What the service sees and logs: which key and version, never the name of an object. */
function contextOf(
  { keyId, version, spec }: KeyVersionName,
  purpose: 'material' | 'data-key',
): RemoteContext {
  return {
    'coffer:key': keyId,
    'coffer:version': String(version),
    'coffer:spec': spec,
    'coffer:purpose': purpose,
  }
}

/** 256 random bits: nothing can be learnt of them from this, and nothing else has it. */
function checkValueOf({ keyId, version, spec }: KeyVersionName, material: Buffer): Buffer {
  const place = lengthPrefixedList(['coffer/external-key/v1', keyId, String(version), spec])
  return createHmac('sha256', material).update(place).digest()
}

function materialName({ keyId, version, spec, wrappedMaterial, checkValue }: KeyVersion): string {
  return `${keyId}/${version}/${spec}/${digest([wrappedMaterial, checkValue])}`
}

function dataKeyName(version: KeyVersion, wrapped: Buffer, binding: WrapBinding): string {
  return `${materialName(version)}/${digest([wrapped, placeOf(binding)])}`
}

function tagOf(material: Buffer, header: Buffer, binding: WrapBinding, sealed: Buffer): Buffer {
  const key = createHmac('sha256', material).update('coffer/external-key/v1/tag').digest()
  const tag = createHmac('sha256', key).update(header).update(placeOf(binding)).update(sealed).digest()
  key.fill(0)
  return tag
}

/** The count of texts comes first: where the binding ends and the ciphertext begins must not be in doubt. */
function placeOf({ mode, keyId, keyVersion, bucketId, objectKey, objectId, context }: WrapBinding): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))
  const texts = [mode, keyId, String(keyVersion), bucketId, objectKey, objectId, ...pairs.flat()]
  return lengthPrefixedList([String(texts.length), ...texts])
}

function digest(parts: Buffer[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(createHash('sha256').update(part).digest())
  return hash.digest('hex')
}

function refused(): CryptoError {
  return new CryptoError('IntegrityError', 'The wrapped data key could not be opened')
}
