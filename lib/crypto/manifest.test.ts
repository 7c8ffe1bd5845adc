import { createCipheriv, createHmac, hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf, counting, flipBit, SUITES } from './blob.test-support.ts'
import { FinishingKeys, type ObjectFacts, type PartFacts } from './manifest.ts'

const dataKey = counting(1, 32)
const object: ObjectFacts = {
  bucketId: 'b-uuid',
  key: 'a/b.txt',
  size: 70_000,
  parts: 2,
  etag: 'd41d8cd98f00b204e9800998ecf8427e-2',
  contentType: 'text/plain',
}
const part: PartFacts = {
  number: 2,
  offset: 65_536,
  blobId: counting(0x40, 16),
  salt: counting(0x80, 32),
  size: 4464,
  checksums: Buffer.from('{"crc64nvme":"AAAA"}'),
}

const text = fc.string({ unit: 'binary', maxLength: 10 })
const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array))
const anyObject: fc.Arbitrary<ObjectFacts> = fc.record({
  bucketId: text,
  key: text,
  size: fc.maxSafeNat(),
  parts: fc.nat({ max: 10_000 }),
  etag: text,
  contentType: text,
})
const anyPart: fc.Arbitrary<PartFacts> = fc.record({
  number: fc.nat({ max: 10_000 }),
  offset: fc.maxSafeNat(),
  blobId: bytes(16),
  salt: bytes(32),
  size: fc.maxSafeNat(),
  checksums: fc.uint8Array({ maxLength: 10 }).map((array) => Buffer.from(array)),
})

/** FORMAT.md spelled out a second time: the bytes themselves must not change within version 1. */
describe.each(SUITES)('%s: to the letter of FORMAT.md', (suite) => {
  const hash = suite === 'AES256' ? 'sha256' : 'sm3'
  const keys = FinishingKeys.derive(suite, dataKey, 'v-uuid')
  const derive = (ikm: Buffer, salt: Buffer | string, info: string, length: number) =>
    Buffer.from(hkdfSync(hash, ikm, salt, info, length))
  const hmac = (key: Buffer, ...input: (Buffer | string)[]) =>
    createHmac(hash, key)
      .update(Buffer.concat(input.map((one) => Buffer.from(one))))
      .digest()
  const bytesOf = (hex: string) => Buffer.from(hex, 'hex')
  const manifestKey = derive(dataKey, 'v-uuid', 'ose/v1/manifest\0', 32)
  const metaKey = derive(dataKey, 'v-uuid', 'ose/v1/meta\0', 32)

  test('the object MAC', () => {
    const expected = hmac(
      manifestKey,
      'ose/v1/object\0',
      ...[bytesOf('00000006'), 'b-uuid', bytesOf('00000007'), 'a/b.txt', bytesOf('00000006'), 'v-uuid'],
      ...[bytesOf(suite === 'AES256' ? '01' : '02'), bytesOf('0000000000011170'), bytesOf('00000002')],
      ...[bytesOf('00000022'), object.etag, bytesOf('0000000a'), 'text/plain'],
    )
    expect(keys.objectMac(object)).toEqual(expected)
  })

  test('the object MAC of a version with an id', () => {
    const expected = hmac(
      manifestKey,
      'ose/v1/object-version\0',
      ...[bytesOf('00000004'), 'v-id'],
      ...[bytesOf('00000006'), 'b-uuid', bytesOf('00000007'), 'a/b.txt', bytesOf('00000006'), 'v-uuid'],
      ...[bytesOf(suite === 'AES256' ? '01' : '02'), bytesOf('0000000000011170'), bytesOf('00000002')],
      ...[bytesOf('00000022'), object.etag, bytesOf('0000000a'), 'text/plain'],
    )
    expect(keys.objectMac({ ...object, versionId: 'v-id' })).toEqual(expected)
  })

  test('the part MAC', () => {
    const expected = hmac(
      manifestKey,
      'ose/v1/part\0',
      ...[bytesOf('00000006'), 'v-uuid', bytesOf('00000002'), bytesOf('0000000000010000')],
      ...[part.blobId, part.salt, bytesOf('0000000000001170'), bytesOf('00000014'), part.checksums],
    )
    expect(keys.partMac(part)).toEqual(expected)
  })

  test('sealed attributes', () => {
    const sealed = keys.sealAttributes(Buffer.from('attributes'))
    const [salt, ciphertext, tag] = [sealed.subarray(0, 16), sealed.subarray(16, 26), sealed.subarray(26)]
    if (suite === 'AES256') {
      const okm = derive(metaKey, salt, 'ose/v1/attributes\0', 44)
      const cipher = createCipheriv('aes-256-gcm', okm.subarray(0, 32), okm.subarray(32))
      cipher.setAAD(Buffer.from('v-uuid'))
      expect(ciphertext).toEqual(Buffer.concat([cipher.update('attributes'), cipher.final()]))
      expect(tag).toEqual(cipher.getAuthTag())
    } else {
      const okm = derive(metaKey, salt, 'ose/v1/attributes\0', 64)
      expect(ciphertext).toEqual(
        createCipheriv('sm4-ctr', okm.subarray(0, 16), okm.subarray(48)).update('attributes'),
      )
      expect(tag).toEqual(hmac(okm.subarray(16, 48), bytesOf('00000006'), 'v-uuid', ciphertext))
    }
  })

  test('exported finishing keys', () => {
    const id = bytesOf(suite === 'AES256' ? '01' : '02')
    expect(keys.export()).toEqual(Buffer.concat([id, manifestKey, metaKey]))
  })
})

describe.each(SUITES)('%s: the MAC of an object', (suite) => {
  const keys = FinishingKeys.derive(suite, dataKey, 'v-uuid')
  const mac = keys.objectMac(object)

  test('holds for its own facts', () => {
    expect(mac).toHaveLength(32)
    expect(codeOf(() => keys.verifyObject({ ...object }, mac))).toBe('nothing thrown')
  })

  test.each<[string, Partial<ObjectFacts>]>([
    ['bucket', { bucketId: 'c-uuid' }],
    ['key', { key: 'a/c.txt' }],
    ['size', { size: 70_001 }],
    ['size beyond 32 bits', { size: 70_000 + 2 ** 32 }],
    ['number of parts', { parts: 1 }],
    ['ETag', { etag: '' }],
    ['content type', { contentType: 'text/html' }],
    ['version, where it has none', { versionId: 'v-id' }],
    ['boundary of bucket and key', { bucketId: 'b-uuida', key: '/b.txt' }],
    ['boundary of ETag and content type', { etag: `${object.etag}t`, contentType: 'ext/plain' }],
  ])('not with another %s', (_what, change) => {
    expect(codeOf(() => keys.verifyObject({ ...object, ...change }, mac))).toBe('IntegrityError')
  })

  test('not with any bit flipped, nor with another length', () => {
    for (let bit = 0; bit < 256; bit++)
      expect(codeOf(() => keys.verifyObject(object, flipBit(mac, bit)))).toBe('IntegrityError')
    for (const wrong of [Buffer.alloc(0), mac.subarray(1), Buffer.concat([mac, Buffer.alloc(1)])])
      expect(codeOf(() => keys.verifyObject(object, wrong))).toBe('IntegrityError')
  })

  test('not under another data key, object or suite', () => {
    for (const other of [
      FinishingKeys.derive(suite, counting(2, 32), 'v-uuid'),
      FinishingKeys.derive(suite, dataKey, 'w-uuid'),
      FinishingKeys.derive(suite === 'SM4' ? 'AES256' : 'SM4', dataKey, 'v-uuid'),
    ])
      expect(codeOf(() => other.verifyObject(object, mac))).toBe('IntegrityError')
  })

  test('two objects have one MAC only if they are one', () => {
    fc.assert(
      fc.property(anyObject, anyObject, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other)
        expect(keys.objectMac(one).equals(keys.objectMac(other))).toBe(same)
      }),
    )
  })
})

describe.each(SUITES)('%s: the MAC of a part', (suite) => {
  const keys = FinishingKeys.derive(suite, dataKey, 'v-uuid')
  const mac = keys.partMac(part)

  test('holds for its own facts', () => {
    expect(mac).toHaveLength(32)
    expect(codeOf(() => keys.verifyPart({ ...part }, mac))).toBe('nothing thrown')
  })

  // dropped, moved, doubled and foreign parts all show as one of these
  test.each<[string, Partial<PartFacts>]>([
    ['number', { number: 1 }],
    ['offset', { offset: 65_537 }],
    ['offset beyond 32 bits', { offset: 65_536 + 2 ** 32 }],
    ['blob', { blobId: counting(0x41, 16) }],
    ['salt', { salt: counting(0x81, 32) }],
    ['size', { size: 4463 }],
    ['checksums', { checksums: Buffer.alloc(0) }],
    ['size and offset exchanged', { size: 65_536, offset: 4464 }],
  ])('not with another %s', (_what, change) => {
    expect(codeOf(() => keys.verifyPart({ ...part, ...change }, mac))).toBe('IntegrityError')
  })

  test('not with any bit flipped, nor under another data key or object', () => {
    for (let bit = 0; bit < 256; bit++)
      expect(codeOf(() => keys.verifyPart(part, flipBit(mac, bit)))).toBe('IntegrityError')
    for (const other of [
      FinishingKeys.derive(suite, counting(2, 32), 'v-uuid'),
      FinishingKeys.derive(suite, dataKey, 'w-uuid'),
    ])
      expect(codeOf(() => other.verifyPart(part, mac))).toBe('IntegrityError')
  })

  // Neighbours without a length prefix: 15 + 33 bytes must not pass for 16 + 32.
  test('has a blobId of 16 and a salt of 32 bytes, no others', () => {
    const joined = Buffer.concat([part.blobId, part.salt])
    for (const at of [0, 15, 17, 48]) {
      const moved = { ...part, blobId: joined.subarray(0, at), salt: joined.subarray(at) }
      expect(codeOf(() => keys.partMac(moved))).toBe('BadArgument')
    }
  })

  test('two parts have one MAC only if they are one', () => {
    fc.assert(
      fc.property(anyPart, anyPart, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other)
        expect(keys.partMac(one).equals(keys.partMac(other))).toBe(same)
      }),
    )
  })
})

describe.each(SUITES)('%s: sealed attributes', (suite) => {
  const keys = FinishingKeys.derive(suite, dataKey, 'v-uuid')
  const attributes = Buffer.from('{"md5":"1B2M2Y8AsgTpgAmY7PhCfg=="}')
  const sealed = keys.sealAttributes(attributes)

  test('come back, and never look the same twice', () => {
    expect(keys.openAttributes(sealed)).toEqual(attributes)
    expect(keys.sealAttributes(attributes).equals(sealed)).toBe(false)
    expect(sealed.includes(attributes.subarray(0, 8))).toBe(false)
    expect(sealed).toHaveLength(16 + attributes.length + (suite === 'AES256' ? 16 : 32))
  })

  test('of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (array) => {
        expect(keys.openAttributes(keys.sealAttributes(Buffer.from(array)))).toEqual(Buffer.from(array))
      }),
    )
  })

  test('not with any bit flipped, nor cut off anywhere, nor longer', () => {
    for (let bit = 0; bit < sealed.length * 8; bit++)
      expect(
        codeOf(() => keys.openAttributes(flipBit(sealed, bit))),
        `bit ${bit}`,
      ).toBe('IntegrityError')
    for (let length = 0; length < sealed.length; length++)
      expect(codeOf(() => keys.openAttributes(sealed.subarray(0, length)))).toBe('IntegrityError')
    expect(codeOf(() => keys.openAttributes(Buffer.concat([sealed, Buffer.alloc(1)])))).toBe('IntegrityError')
  })

  test('not under another data key, object or suite', () => {
    for (const other of [
      FinishingKeys.derive(suite, counting(2, 32), 'v-uuid'),
      FinishingKeys.derive(suite, dataKey, 'w-uuid'),
      FinishingKeys.derive(suite === 'SM4' ? 'AES256' : 'SM4', dataKey, 'v-uuid'),
    ])
      expect(codeOf(() => other.openAttributes(sealed))).toBe('IntegrityError')
  })
})

describe.each(SUITES)('%s: exported finishing keys', (suite) => {
  const keys = FinishingKeys.derive(suite, dataKey, 'v-uuid')
  const exported = keys.export()

  test('do the same work, without the data key', () => {
    const imported = FinishingKeys.import(exported, 'v-uuid')
    expect(imported.objectMac(object)).toEqual(keys.objectMac(object))
    expect(imported.partMac(part)).toEqual(keys.partMac(part))
    expect(imported.openAttributes(keys.sealAttributes(Buffer.from('x')))).toEqual(Buffer.from('x'))
    expect(exported.includes(dataKey.subarray(0, 8))).toBe(false)
  })

  test('are whole at once: wiping the data key afterwards changes nothing', () => {
    const wiped = Buffer.from(dataKey)
    const early = FinishingKeys.derive(suite, wiped, 'v-uuid')
    wiped.fill(0)
    expect(early.export()).toEqual(exported)
    expect(keys.openAttributes(early.sealAttributes(Buffer.from('x')))).toEqual(Buffer.from('x'))
  })

  test('of another length or suite are refused', () => {
    for (const wrong of [Buffer.alloc(0), exported.subarray(1), Buffer.concat([exported, Buffer.alloc(1)])])
      expect(codeOf(() => FinishingKeys.import(wrong, 'v-uuid'))).toBe('BadFormat')
    const relabelled = Buffer.from(exported)
    relabelled[0] = 3
    expect(codeOf(() => FinishingKeys.import(relabelled, 'v-uuid'))).toBe('BadFormat')
  })
})
