import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusal, rootConformance } from './conformance.ts'
import type { LoadPkcs11, Pkcs11Module } from './pkcs11-library.ts'
import { CKA, CKM } from './pkcs11-library.ts'
import { withToken } from './pkcs11-token.ts'
import { Pkcs11Wrapper } from './pkcs11.ts'
import { WrappedRoot } from './wrapped-root.ts'

// `npm test` installs both and sets them; without them these tests are listed as not run.
const { COFFER_TEST_SOFTHSM: module = '', COFFER_TEST_PKCS11JS: pkcs11js = '' } = process.env
const PIN = 'the user pin'

const load: LoadPkcs11 = async () => createRequire(import.meta.url)(pkcs11js) as Pkcs11Module

/** pkcs11js over a token that has no AES-GCM. */
const withoutGcm: LoadPkcs11 = async () => {
  const real = await load()
  class Limited extends real.PKCS11 {
    override C_GetMechanismList(slot: Buffer): number[] {
      return super.C_GetMechanismList(slot).filter((mechanism) => mechanism !== CKM.AES_GCM)
    }
  }
  return { ...real, PKCS11: Limited }
}

test('without the package pkcs11js a plain sentence says what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-no-token-'))
  const options = { module: '/none.so', token: 't', key: 'k', pinFile: join(folder, 'pin') }
  const root = new WrappedRoot(join(folder, 'root.wrapped'), new Pkcs11Wrapper(options))
  expect((await refusal(root.keep(randomBytes(32), false))).mend).toContain('npm install --no-save pkcs11js')
  rmSync(folder, { recursive: true })
})

describe.skipIf(module === '' || pkcs11js === '')('on SoftHSM 2', () => {
  let folder: string
  let pinFile: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-token-'))
    mkdirSync(join(folder, 'tokens'))
    const conf = join(folder, 'softhsm2.conf')
    writeFileSync(conf, `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`)
    process.env.SOFTHSM2_CONF = conf
    for (const label of ['coffer', 'another'])
      execFileSync('softhsm2-util', [
        '--init-token',
        '--free',
        '--label',
        label,
        '--so-pin',
        'so pin',
        '--pin',
        PIN,
      ])
    pinFile = join(folder, 'pin')
    writeFileSync(pinFile, `${PIN}\n`, { mode: 0o600 })
  })
  afterAll(() => {
    delete process.env.SOFTHSM2_CONF
    rmSync(folder, { recursive: true })
  })

  const options = (more: Partial<{ token: string; key: string; pinFile: string; module: string }> = {}) => ({
    module,
    token: 'coffer',
    key: 'coffer-root',
    pinFile,
    ...more,
  })
  const rootAt = (path: string, more = {}, by = load) =>
    new WrappedRoot(path, new Pkcs11Wrapper(options(more), by))
  const openModes = [0o640, 0o604, 0o644, 0o660, 0o777]

  rootConformance('PKCS#11 with AES-GCM', (at) => {
    const path = join(at, 'root.key.wrapped')
    return { open: () => rootAt(path), path, openModes, wrapped: true }
  })

  rootConformance('PKCS#11 with AES key wrap', (at) => {
    const path = join(at, 'root.key.wrapped')
    return { open: () => rootAt(path, {}, withoutGcm), path, openModes, wrapped: true }
  })

  test('every changed byte of either wrapping is refused, and so is another token or key', async () => {
    for (const by of [load, withoutGcm]) {
      const wrapper = new Pkcs11Wrapper(options(), by)
      const secret = randomBytes(32)
      const wrapped = await wrapper.wrap(secret)
      expect(wrapped[0]).toBe(by === load ? 1 : 2)
      expect(await wrapper.unwrap(wrapped)).toEqual(secret)
      for (let at = 0; at < wrapped.length; at++) {
        const flipped = Buffer.from(wrapped)
        flipped[at]! ^= 1 << (at % 8)
        expect(await wrapper.unwrap(flipped)).toBeUndefined()
      }
      for (const more of [{ key: 'other' }, { token: 'another' }]) {
        const other = new Pkcs11Wrapper(options(more), by)
        await other.wrap(secret)
        expect(await other.unwrap(wrapped)).toBeUndefined()
      }
    }
  })

  test('the key it makes never leaves the token', async () => {
    await new Pkcs11Wrapper(options({ key: 'made' }), load).wrap(randomBytes(32))
    const value: unknown = await withToken(
      options({ key: 'made' }),
      (token) => {
        token.refuseExtractable(token.findKey()!)
        return 'kept'
      },
      load,
    )
    expect(value).toBe('kept')
  })

  test('a key that can be extracted wraps nothing', async () => {
    const { PKCS11 } = await load()
    const library = new PKCS11()
    library.load(module)
    library.C_Initialize()
    const slot = library
      .C_GetSlotList(true)
      .find((each) => library.C_GetTokenInfo(each).label.trim() === 'coffer')!
    const session = library.C_OpenSession(slot, 6)
    library.C_Login(session, 1, PIN)
    library.C_GenerateKey(session, { mechanism: CKM.AES_KEY_GEN, parameter: null }, [
      { type: CKA.TOKEN, value: true },
      { type: CKA.LABEL, value: 'loose' },
      { type: CKA.EXTRACTABLE, value: true },
      { type: CKA.ENCRYPT, value: true },
      { type: CKA.VALUE_LEN, value: 32 },
    ])
    library.C_Finalize()
    library.close()
    const error = await refusal(new Pkcs11Wrapper(options({ key: 'loose' }), load).wrap(randomBytes(32)))
    expect(error.message).toContain('can be extracted')
  })

  test('a wrong PIN, token, library or a missing key: each has its own sentence', async () => {
    const path = join(folder, 'root.key.wrapped')
    await rootAt(path).keep(randomBytes(32), false)
    const wrongPin = join(folder, 'wrong-pin')
    writeFileSync(wrongPin, 'not the pin\n', { mode: 0o600 })
    const pin = await refusal(rootAt(path, { pinFile: wrongPin }).unseal())
    expect(pin.message).toContain('refuses the PIN')
    expect(pin.message + pin.mend).not.toContain('not the pin')
    expect((await refusal(rootAt(path, { pinFile: join(folder, 'no-pin') }).unseal())).message).toContain(
      'is missing',
    )
    expect((await refusal(rootAt(path, { token: 'none' }).unseal())).message).toContain('no token none')
    expect((await refusal(rootAt(path, { key: 'none' }).unseal())).message).toContain('holds no AES key none')
    expect((await refusal(rootAt(path, { module: join(dirname(path), 'x.so') }).unseal())).message).toContain(
      'cannot be loaded',
    )
    expect((await rootAt(path).unseal()).kind).toBe('whole')
  })
})
