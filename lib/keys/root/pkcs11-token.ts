import { StartError } from '../start-error.ts'
import { CKA, CKF, CKK, CKM, CKO_SECRET_KEY, CKR, CKU_USER, cryptokiCode } from './pkcs11-library.ts'
import type { Attribute, LoadPkcs11, Mechanism, Pkcs11Library, Pkcs11Module } from './pkcs11-library.ts'
import { readPrivateLine } from './private-file.ts'

export { CKM } from './pkcs11-library.ts'
export type { LoadPkcs11 } from './pkcs11-library.ts'

export interface Pkcs11Options {
  module: string
  token: string
  key: string
  pinFile: string
}

const TAG_BITS = 128
const ROOM = 1024

/**
 * Logs in to the token for the length of `work`. Unsealing happens once a start, so nothing stays logged in.
 * @throws StartError when the library, the token or the PIN is not right
 */
export async function withToken<T>(
  options: Pkcs11Options,
  work: (token: Token) => T,
  load: LoadPkcs11 = importPkcs11js,
): Promise<T> {
  const pkcs11 = await loaded(load)
  const pin = await readPrivateLine({
    what: 'PIN file',
    path: options.pinFile,
    setting: 'COFFER_ROOT_PKCS11_PIN_FILE',
  })
  const library = new pkcs11.PKCS11()
  openLibrary(library, options)
  try {
    return work(loggedIn(library, pkcs11, options, pin))
  } catch (error) {
    if (error instanceof StartError) throw error
    throw failed(options, error)
  } finally {
    // Ends sessions and logins with it.
    library.C_Finalize()
    library.close()
  }
}

/** One session of the logged-in user on the token. */
export class Token {
  readonly #library: Pkcs11Library
  readonly #session: Buffer
  readonly #mechanisms: readonly number[]
  readonly #gcmType: number
  readonly #label: string

  constructor(library: Pkcs11Library, session: Buffer, mechanisms: number[], gcmType: number, label: string) {
    this.#library = library
    this.#session = session
    this.#mechanisms = mechanisms
    this.#gcmType = gcmType
    this.#label = label
  }

  knows(mechanism: number): boolean {
    return this.#mechanisms.includes(mechanism)
  }

  /** @throws StartError when several keys have the label: which one is meant must not be guessed */
  findKey(): Buffer | undefined {
    this.#library.C_FindObjectsInit(this.#session, [
      { type: CKA.CLASS, value: CKO_SECRET_KEY },
      { type: CKA.KEY_TYPE, value: CKK.AES },
      { type: CKA.TOKEN, value: true },
      { type: CKA.LABEL, value: this.#label },
    ])
    const found = this.#library.C_FindObjects(this.#session, 2)
    this.#library.C_FindObjectsFinal(this.#session)
    if (found.length < 2) return found[0]
    throw new StartError(
      `The token holds several AES keys labelled ${this.#label}.`,
      'Give one of them a label of its own and name it with COFFER_ROOT_PKCS11_KEY.',
    )
  }

  makeKey(): Buffer {
    const usable = [CKA.ENCRYPT, CKA.DECRYPT, CKA.WRAP, CKA.UNWRAP].map((type) => ({ type, value: true }))
    return this.#library.C_GenerateKey(this.#session, { mechanism: CKM.AES_KEY_GEN, parameter: null }, [
      { type: CKA.TOKEN, value: true },
      { type: CKA.PRIVATE, value: true },
      { type: CKA.SENSITIVE, value: true },
      { type: CKA.EXTRACTABLE, value: false },
      { type: CKA.VALUE_LEN, value: 32 },
      { type: CKA.LABEL, value: this.#label },
      ...usable,
    ])
  }

  /** @throws StartError: a key that can be taken off the token protects no better than a file */
  refuseExtractable(key: Buffer): void {
    const [extractable] = this.#library.C_GetAttributeValue(this.#session, key, [{ type: CKA.EXTRACTABLE }])
    if (Buffer.isBuffer(extractable?.value) && extractable.value[0] === 0) return
    throw new StartError(
      `The key ${this.#label} on the token can be extracted from it.`,
      'Name a key that is not extractable; if there is none of the label, Coffer makes one.',
    )
  }

  encryptGcm(key: Buffer, nonce: Buffer, aad: Buffer, plaintext: Buffer): Buffer {
    this.#library.C_EncryptInit(this.#session, this.#gcm(nonce, aad), key)
    return this.#library.C_Encrypt(this.#session, plaintext, Buffer.alloc(ROOM))
  }

  /** undefined when it is not authentic: SoftHSM says CKR_GENERAL_ERROR to every cause, so causes are not told apart */
  decryptGcm(key: Buffer, nonce: Buffer, aad: Buffer, ciphertext: Buffer): Buffer | undefined {
    return this.#opened(() => {
      this.#library.C_DecryptInit(this.#session, this.#gcm(nonce, aad), key)
      return this.#library.C_Decrypt(this.#session, ciphertext, Buffer.alloc(ROOM))
    })
  }

  /** Key wrap takes keys: the secret is put on the token as one of this session, and gone with it. */
  wrapPadded(key: Buffer, secret: Buffer): Buffer {
    const object = this.#library.C_CreateObject(this.#session, [
      ...SESSION_SECRET,
      { type: CKA.VALUE, value: secret },
    ])
    return this.#library.C_WrapKey(this.#session, KEY_WRAP, key, object, Buffer.alloc(ROOM))
  }

  unwrapPadded(key: Buffer, wrapped: Buffer): Buffer | undefined {
    return this.#opened(() => {
      const object = this.#library.C_UnwrapKey(this.#session, KEY_WRAP, key, wrapped, SESSION_SECRET)
      const [value] = this.#library.C_GetAttributeValue(this.#session, object, [{ type: CKA.VALUE }])
      this.#library.C_DestroyObject(this.#session, object)
      return Buffer.isBuffer(value?.value) ? Buffer.from(value.value) : undefined
    })
  }

  #gcm(iv: Buffer, aad: Buffer): Mechanism {
    const parameter = { type: this.#gcmType, iv, ivBits: iv.length * 8, aad, tagBits: TAG_BITS }
    return { mechanism: CKM.AES_GCM, parameter }
  }

  #opened(open: () => Buffer | undefined): Buffer | undefined {
    try {
      return open()
    } catch (error) {
      if (cryptokiCode(error) === undefined) throw error
      return undefined
    }
  }
}

const KEY_WRAP: Mechanism = { mechanism: CKM.AES_KEY_WRAP_PAD, parameter: null }

const SESSION_SECRET: Attribute[] = [
  { type: CKA.CLASS, value: CKO_SECRET_KEY },
  { type: CKA.KEY_TYPE, value: CKK.GENERIC_SECRET },
  { type: CKA.TOKEN, value: false },
  { type: CKA.SENSITIVE, value: false },
  { type: CKA.EXTRACTABLE, value: true },
]

async function loaded(load: LoadPkcs11): Promise<Pkcs11Module> {
  try {
    return await load()
  } catch {
    throw new StartError(
      'COFFER_ROOT=pkcs11 needs the package pkcs11js, which is not installed (it is compiled, so it is not installed by default).',
      'Install a C++ compiler, Python and the package in the folder of Coffer: npm install --no-save pkcs11js@2 — then start again.',
    )
  }
}

/** The name is put together so that neither the compiler nor a bundler looks for what need not be there. */
async function importPkcs11js(): Promise<Pkcs11Module> {
  const name = ['pkcs11', 'js'].join('')
  const module = (await import(name)) as { default?: Pkcs11Module } & Pkcs11Module
  return module.default ?? module
}

function openLibrary(library: Pkcs11Library, { module }: Pkcs11Options): void {
  try {
    library.load(module)
    library.C_Initialize()
  } catch (error) {
    if (cryptokiCode(error) === CKR.CRYPTOKI_ALREADY_INITIALIZED) return
    throw new StartError(
      `The PKCS#11 library ${module} cannot be loaded.`,
      'Point COFFER_ROOT_PKCS11_MODULE to the library of the token, such as /usr/lib/softhsm/libsofthsm2.so.',
    )
  }
}

function loggedIn(
  library: Pkcs11Library,
  pkcs11: Pkcs11Module,
  { token, key }: Pkcs11Options,
  pin: string,
): Token {
  const slot = library.C_GetSlotList(true).find((each) => labelOf(library, each) === token)
  if (slot === undefined) {
    throw new StartError(
      `There is no token ${token} in any slot.`,
      'Attach or initialise it, or name the right one with COFFER_ROOT_PKCS11_TOKEN.',
    )
  }
  const session = library.C_OpenSession(slot, CKF.SERIAL_SESSION | CKF.RW_SESSION)
  try {
    library.C_Login(session, CKU_USER, pin)
  } catch (error) {
    if (cryptokiCode(error) !== CKR.USER_ALREADY_LOGGED_IN) throw pinRefused(token, error)
  }
  return new Token(library, session, library.C_GetMechanismList(slot), pkcs11.CK_PARAMS_AES_GCM_v240, key)
}

function labelOf(library: Pkcs11Library, slot: Buffer): string {
  return library.C_GetTokenInfo(slot).label.replace(/[\0 ]+$/, '')
}

function pinRefused(token: string, error: unknown): StartError {
  const code = cryptokiCode(error)
  if (code === CKR.PIN_LOCKED) {
    return new StartError(
      `The token ${token} has locked its PIN after too many wrong ones.`,
      'Unlock it with its security officer PIN.',
    )
  }
  return new StartError(
    `The token ${token} refuses the PIN (${codeName(code)}).`,
    'Put the right PIN into COFFER_ROOT_PKCS11_PIN_FILE before trying again: tokens lock after a few wrong ones.',
  )
}

function failed({ token }: Pkcs11Options, error: unknown): StartError {
  return new StartError(
    `The token ${token} cannot be used (${codeName(cryptokiCode(error))}).`,
    'Check it with the tools of its vendor, e.g. pkcs11-tool --list-objects, then start again.',
  )
}

function codeName(code: number | undefined): string {
  return code === undefined ? 'unknown error' : `CKR 0x${code.toString(16)}`
}
