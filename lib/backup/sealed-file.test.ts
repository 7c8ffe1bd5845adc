import { randomBytes, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { BackupError } from './backup-error.ts'
import { checkPassphrase } from './passphrase.ts'
import { fingerprintOf, openFile, readHeader, sealFile } from './sealed-file.ts'
import type { Sealed } from './sealed-file.ts'

const PASSPHRASE = 'fünf Wörter die niemand kennt'
const PAYLOAD = randomBytes(700)
const facts = { backupId: randomUUID(), createdAt: 1_790_000_000_000 }

let both: Sealed
let split: Sealed
beforeAll(async () => {
  both = await sealFile(PAYLOAD, facts, { passphrase: PASSPHRASE, shares: { threshold: 3, count: 5 } })
  split = await sealFile(PAYLOAD, facts, { shares: { threshold: 2, count: 3 } })
})

async function refusal(opening: Promise<unknown>): Promise<string> {
  const error: unknown = await opening.catch((e: unknown) => e)
  expect(error).toBeInstanceOf(BackupError)
  const { code, message, mend } = error as BackupError
  expect(message + mend).not.toContain(PASSPHRASE)
  expect(mend.length).toBeGreaterThan(10)
  return code
}

describe('a sealed file', () => {
  test('opens with its passphrase, however its letters are composed', async () => {
    expect(await openFile(both.text, { passphrase: PASSPHRASE })).toEqual(PAYLOAD)
    expect(await openFile(both.text, { passphrase: PASSPHRASE.normalize('NFD') })).toEqual(PAYLOAD)
  })

  test('opens with any three of five shares', async () => {
    const { shares } = both
    for (const [a, b, c] of [
      [0, 1, 2],
      [4, 2, 0],
      [1, 3, 4],
    ] as const)
      expect(await openFile(both.text, { shares: [shares[a]!, shares[b]!, shares[c]!] })).toEqual(PAYLOAD)
    expect(await openFile(both.text, { shares })).toEqual(PAYLOAD)
  })

  test('does not open with another passphrase, nor with none of its ways', async () => {
    expect(await refusal(openFile(both.text, { passphrase: PASSPHRASE + '.' }))).toBe('WrongPassphrase')
    expect(await refusal(openFile(split.text, { passphrase: PASSPHRASE }))).toBe('WrongPassphrase')
    const alone = await sealFile(PAYLOAD, facts, { passphrase: PASSPHRASE })
    expect(await refusal(openFile(alone.text, { shares: split.shares }))).toBe('WrongShares')
  })

  test('does not open with two shares, one twice, or shares that do not belong together', async () => {
    const [a, b, c] = both.shares
    expect(await refusal(openFile(both.text, { shares: [a!, b!] }))).toBe('NotEnoughShares')
    expect(await refusal(openFile(both.text, { shares: [a!, b!, a!] }))).toBe('NotEnoughShares')
    expect(await refusal(openFile(both.text, { shares: [] }))).toBe('NotEnoughShares')
    const foreign = { ...c!, backup: randomBytes(10) }
    expect(await refusal(openFile(both.text, { shares: [a!, b!, foreign] }))).toBe('WrongShares')
    const again = await sealFile(PAYLOAD, facts, { shares: { threshold: 3, count: 3 } })
    expect(await refusal(openFile(both.text, { shares: [a!, b!, again.shares[2]!] }))).toBe('WrongShares')
    const forged = { ...c!, bytes: Buffer.alloc(32) }
    expect(await refusal(openFile(both.text, { shares: [a!, b!, forged] }))).toBe('WrongShares')
  })

  test('is refused with any byte changed, taken away or added', async () => {
    const { text, shares } = split
    for (let at = 0; at < text.length; at++) {
      const changed = Buffer.from(text)
      changed[at]! ^= 1 << (at % 8)
      await refusal(openFile(changed, { shares }))
    }
    for (let length = 0; length < text.length; length += 7)
      await refusal(openFile(text.subarray(0, length), { shares }))
    for (const more of ['\n', '=', 'AAAA', '\0'])
      await refusal(openFile(Buffer.concat([text, Buffer.from(more)]), { shares }))
  })

  // A file that chose its own cost could make a stolen one cheap to guess, or a server run out of memory.
  test.each([
    ['"n":131072', '"n":1024'],
    ['"n":131072', '"n":1073741824'],
    ['"r":8', '"r":1'],
    ['"kdf":"scrypt"', '"kdf":"none"'],
    ['{"backupId"', '{"more":1,"backupId"'],
  ])('is refused with %s as %s', async (from, to) => {
    const changed = Buffer.from(both.text.toString('latin1').replace(from, to), 'latin1')
    expect(changed.equals(both.text)).toBe(false)
    expect(await refusal(openFile(changed, { passphrase: PASSPHRASE }))).toBe('Damaged')
  })

  test('is refused with the head of another', async () => {
    const other = await sealFile(PAYLOAD, { ...facts, createdAt: 0 }, { shares: { threshold: 2, count: 3 } })
    const [first, second] = other.text.toString('latin1').split('\n')
    const body = split.text.toString('latin1').split('\n')[2]
    const mixed = Buffer.from(`${first}\n${second}\n${body}\n`)
    expect(await refusal(openFile(mixed, { shares: split.shares }))).toBe('WrongShares')
    expect(await refusal(openFile(mixed, { shares: other.shares }))).toBe('Damaged')
  })

  test('shows when it was made and how it opens, and nothing of what is in it', () => {
    const header = readHeader(both.text)
    expect(header).toMatchObject({ backupId: facts.backupId, shares: { threshold: 3, count: 5 } })
    expect(Date.parse(header.createdAt)).toBe(facts.createdAt)
    const raw = both.text.toString('latin1')
    for (const form of ['base64', 'hex', 'latin1'] as const)
      expect(raw).not.toContain(PAYLOAD.subarray(0, 12).toString(form))
  })

  test('of the same payload never looks the same', async () => {
    const again = await sealFile(PAYLOAD, facts, { shares: { threshold: 2, count: 3 } })
    expect(fingerprintOf(again.text)).not.toBe(fingerprintOf(split.text))
    expect(again.text.toString().split('\n')[2]).not.toBe(split.text.toString().split('\n')[2])
  })
})

test('what is no backup is told from one that is damaged', async () => {
  for (const text of ['', 'coffer-root-key 1\nAAAA\n', 'coffer-key-backup 2\n{}\nAAAA\n', '\n\n\n'])
    expect(await refusal(openFile(Buffer.from(text), { passphrase: PASSPHRASE }))).toBe('NotABackup')
  expect(await refusal(openFile(Buffer.from('coffer-key-backup 1\n{}\n'), { passphrase: 'x' }))).toBe(
    'Damaged',
  )
})

test('a passphrase that is soon guessed is refused', () => {
  for (const weak of ['', 'password', '12345678901', '😀'.repeat(11)])
    expect(() => checkPassphrase(weak)).toThrow(BackupError)
  checkPassphrase('123456789012')
})
