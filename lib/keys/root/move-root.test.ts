import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MemoryKeyRepository } from '../memory-key-repository.test-support.ts'
import { refusal } from './conformance.ts'
import { CredentialRoot } from './credential.ts'
import { FileRoot } from './file.ts'
import { moveRoot } from './move-root.ts'
import { openRoot } from './open-root.ts'
import { PassphraseWrapper } from './passphrase.ts'
import type { RootSource } from './root-source.ts'
import { WrappedRoot } from './wrapped-root.ts'

let folder: string
let repository: MemoryKeyRepository

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-move-'))
  mkdirSync(join(folder, 'data'))
  repository = new MemoryKeyRepository()
})
afterEach(() => rmSync(folder, { recursive: true }))

const file = () => new FileRoot(join(folder, 'root.key'))
const sealed = (passphrase: string, name = 'root.key.wrapped') =>
  new WrappedRoot(
    join(folder, name),
    new PassphraseWrapper({ name: 'the passphrase', files: [], read: async () => passphrase, logN: 10 }),
  )
const at = (source: RootSource) => ({ source, dataDir: join(folder, 'data'), repository })

test('the same root opens from its new place, and from the old one', async () => {
  const { checkValue } = await openRoot(at(file()))
  await moveRoot(at(file()), sealed('the first passphrase'))
  expect((await openRoot(at(sealed('the first passphrase')))).checkValue).toEqual(checkValue)
  expect((await openRoot(at(file()))).checkValue).toEqual(checkValue)
})

test('a passphrase is changed in its place: the old one opens nothing any more', async () => {
  const { checkValue } = await openRoot(at(sealed('the first passphrase')))
  await moveRoot(at(sealed('the first passphrase')), sealed('the second passphrase'))
  expect((await openRoot(at(sealed('the second passphrase')))).checkValue).toEqual(checkValue)
  await refusal(openRoot(at(sealed('the first passphrase'))))
})

test('nothing is moved that does not open, and nothing foreign is overwritten', async () => {
  await openRoot(at(sealed('the first passphrase')))
  const before = readFileSync(join(folder, 'root.key.wrapped'))
  await refusal(moveRoot(at(sealed('not the passphrase')), sealed('the second passphrase')))
  await refusal(moveRoot(at(sealed('the first passphrase')), sealed('too short')))
  expect(readFileSync(join(folder, 'root.key.wrapped'))).toEqual(before)
  await file().keep(randomBytes(32), false)
  const foreign = readFileSync(join(folder, 'root.key'))
  const { message } = await refusal(moveRoot(at(sealed('the first passphrase')), file()))
  expect(message).toContain('is there already')
  expect(readFileSync(join(folder, 'root.key'))).toEqual(foreign)
})

test('what seals and cannot open replaces nothing', async () => {
  await openRoot(at(sealed('the first passphrase')))
  const before = readFileSync(join(folder, 'root.key.wrapped'))
  const blind = new WrappedRoot(join(folder, 'root.key.wrapped'), {
    wrapper: 'vault',
    name: 'a key that may only encrypt',
    mendWrongKey: 'Allow decrypting with it too.',
    files: [],
    wrap: async () => randomBytes(60),
    unwrap: async () => undefined,
  })
  await refusal(moveRoot(at(sealed('the first passphrase')), blind))
  expect(readFileSync(join(folder, 'root.key.wrapped'))).toEqual(before)
})

test('where no root was ever made, none is moved and none is made', async () => {
  const { message } = await refusal(moveRoot(at(file()), sealed('the first passphrase')))
  expect(message).toContain('has no root key yet')
  expect(await file().unseal()).toEqual({ kind: 'missing' })
  expect(repository.checkValue).toBeUndefined()
})

test('where Coffer cannot write, a person is told how to seal this root, not to make another', async () => {
  await openRoot(at(file()))
  const credential = new CredentialRoot({ directory: undefined, name: 'coffer-root-key' })
  const { mend } = await refusal(moveRoot(at(file()), credential))
  expect(mend).toContain('systemd-creds encrypt --name=coffer-root-key THAT-FILE')
  expect(mend).not.toContain('urandom')
})
