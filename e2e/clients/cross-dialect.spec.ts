import { CreateKeyCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3'
import { randomBytes } from 'node:crypto'
import type { Coffer, Credentials } from '../coffer.ts'
import { bucketName, expect, test } from '../fixtures.ts'
import { cosDoor } from './cos-door.ts'
import { refusal, type Door, type Stored } from './door.ts'
import { ossDoor } from './oss-door.ts'
import { s3Door } from './s3-door.ts'

/** One bucket, three vendors’ SDKs: what one wrote, the two others read, list, copy, encrypt anew and delete. */
interface Bench {
  doors: Door[]
  defaultKeyId: string
  ownKeyId: string
}

async function openBench(coffer: Coffer, credentials: Credentials, s3: S3Client): Promise<Bench> {
  const bucket = `${bucketName('cross')}-1250000000`
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  const kms = new KMSClient({ endpoint: coffer.objectUrl, region: 'us-east-1', credentials })
  const { KeyMetadata: own } = await kms.send(new CreateKeyCommand({}))
  const { keyId } = await coffer.projectKey()
  const { KeyMetadata: standard } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }))
  kms.destroy()
  const arns = new Map([own!, standard!].map(({ KeyId, Arn }) => [KeyId!, Arn!]))
  return {
    doors: [
      s3Door(s3, bucket, (id) => arns.get(id)!),
      ossDoor(coffer, credentials, bucket),
      cosDoor(coffer, credentials, bucket),
    ],
    defaultKeyId: standard!.KeyId!,
    ownKeyId: own!.KeyId!,
  }
}

function everyMode({ ownKeyId }: Bench): Stored[] {
  return [
    { mode: 'none' },
    { mode: 'service-key', suite: 'AES256' },
    { mode: 'service-key', suite: 'SM4' },
    { mode: 'managed-key', suite: 'AES256' },
    { mode: 'managed-key', suite: 'AES256', keyId: ownKeyId },
    { mode: 'managed-key', suite: 'SM4' },
    { mode: 'managed-key', suite: 'SM4', keyId: ownKeyId },
    { mode: 'customer-key', suite: 'AES256', key: randomBytes(32) },
    { mode: 'customer-key', suite: 'SM4', key: randomBytes(16) },
  ]
}

/** What is stored when that was asked: a key is named even where nobody chose one. */
function storedAs(asked: Stored, { defaultKeyId }: Bench): Stored {
  return asked.mode === 'managed-key' ? { ...asked, keyId: asked.keyId ?? defaultKeyId } : asked
}

const nameOf = (stored: Stored): string =>
  stored.mode === 'none'
    ? 'none'
    : `${stored.mode} ${stored.suite}${'keyId' in stored && stored.keyId ? ' chosen' : ''}`

/** A managed key opens for every vendor’s clients; a customer’s, for those whose vendor has words to send it. */
const opens = (door: Door, stored: Stored): boolean => stored.mode !== 'customer-key' || door.knows(stored)

/** How the vendors refuse whoever comes without the customer’s key. */
const CLOSED: Record<Door['name'], string> = {
  S3: 'InvalidRequest',
  OSS: 'InvalidEncryptionRequest',
  COS: 'SsecDecryptHeaderInvalid',
}

const METADATA = { author: 'ada', place: '台北' }
const TAGS = { team: 'optics', 'made by': 'Ada + Lin' }

test('what one vendor’s SDK writes in any mode, the others read, copy and encrypt anew', async ({
  coffer,
  credentials,
  s3,
}) => {
  const bench = await openBench(coffer, credentials, s3)
  const { doors, ownKeyId } = bench
  const body = randomBytes(70_000)
  for (const writer of doors)
    for (const asked of everyMode(bench).filter(writer.knows))
      await test.step(`${writer.name}: ${nameOf(asked)}`, async () => {
        const key = `文件/${writer.name} + ${nameOf(asked)}.txt`
        const details = { encryption: asked, metadata: METADATA, tags: TAGS, storageClass: writer.infrequent }
        await writer.put(key, body, details)
        const stored = storedAs(asked, bench)
        const own = await writer.get(key, stored)
        expect(own.body.equals(body)).toBe(true)
        expect([own.encryption, own.metadata]).toEqual([writer.says(stored), writer.carries(METADATA)])
        const others = doors.filter((door) => door !== writer)
        for (const reader of others) await readBy(reader, key, stored, own)
        const opening = others.filter((door) => opens(door, stored))
        for (const reader of opening) await copiedBy(reader, key, stored, own)

        // in place, by each of the others in turn
        let now = stored
        let metadata = own.metadata
        for (const reader of opening) {
          const next: Stored =
            reader.name === 'S3'
              ? { mode: 'managed-key', suite: 'AES256', keyId: ownKeyId }
              : { mode: reader.name === 'OSS' ? 'managed-key' : 'service-key', suite: 'SM4' }
          const kept = { ...details, metadata, storageClass: reader.infrequent }
          await reader.encrypt(key, next, kept, now)
          now = storedAs(next, bench)
          metadata = reader.carries(metadata)
          for (const door of doors) {
            const seen = await door.get(key)
            expect(seen.body.equals(body), `${door.name} after ${reader.name}`).toBe(true)
            expect(seen.encryption).toEqual(door.says(now))
            expect([seen.metadata, seen.storageClass]).toEqual([metadata, door.infrequent])
            expect(seen.lastModified).toBeGreaterThanOrEqual(own.lastModified)
          }
          expect(await writer.tags(key)).toEqual(TAGS)
        }
      })

  async function readBy(reader: Door, key: string, stored: Stored, own: Awaited<ReturnType<Door['get']>>) {
    expect(await reader.tags(key)).toEqual(TAGS)
    const { objects } = await reader.list({ prefix: key })
    expect(objects).toMatchObject([
      { key, size: body.length, etag: own.etag, storageClass: reader.infrequent },
    ])
    expect(Math.floor(objects[0]!.lastModified / 1000) * 1000).toBe(own.lastModified)
    if (stored.mode === 'customer-key') {
      expect(await refusal(reader.get(key))).toEqual({ status: 400, code: CLOSED[reader.name] })
      expect((await refusal(reader.head(key))).status).toBe(400)
      expect(await refusal(reader.copy(key, `refused/${key}`, { mode: 'none' }))).toEqual({
        status: 400,
        code: CLOSED[reader.name],
      })
    }
    if (!opens(reader, stored)) {
      if (reader.name === 'S3')
        expect(await refusal(reader.get(key, stored))).toEqual({
          status: 400,
          code: 'InvalidEncryptionAlgorithmError',
        })
      return
    }
    const { body: bytes, ...seen } = await reader.get(key, stored)
    expect(bytes.equals(body)).toBe(true)
    const { body: _, ...same } = own
    const here = { encryption: reader.says(stored), storageClass: reader.infrequent }
    expect(seen).toEqual({ ...same, ...here })
    expect(await reader.head(key, stored)).toEqual(seen)
  }

  async function copiedBy(reader: Door, key: string, stored: Stored, own: Awaited<ReturnType<Door['get']>>) {
    const to = `copies by ${reader.name}/${key}`
    const encryption: Stored = { mode: 'managed-key', suite: 'AES256', keyId: ownKeyId }
    await reader.copy(key, to, encryption, stored)
    // by the third, who neither wrote nor copied it
    const door = doors.find((third) => third !== reader && !key.includes(third.name))!
    const copy = await door.get(to)
    expect(copy.body.equals(body)).toBe(true)
    expect([copy.encryption, copy.metadata]).toEqual([door.says(encryption), own.metadata])
    expect(await door.tags(to)).toEqual(TAGS)
  }
})

test('storage classes in each vendor’s words; an archived object is restored by another', async ({
  coffer,
  credentials,
  s3,
}) => {
  const bench = await openBench(coffer, credentials, s3)
  const byName = Object.fromEntries(bench.doors.map((door) => [door.name, door])) as Record<
    Door['name'],
    Door
  >
  const classes: [writer: Door['name'], word: string, words: [s3: string, oss: string, cos: string]][] = [
    ['S3', 'STANDARD', ['STANDARD', 'Standard', 'STANDARD']],
    ['S3', 'ONEZONE_IA', ['ONEZONE_IA', 'IA', 'STANDARD_IA']],
    ['S3', 'INTELLIGENT_TIERING', ['INTELLIGENT_TIERING', 'Standard', 'INTELLIGENT_TIERING']],
    ['S3', 'GLACIER_IR', ['GLACIER_IR', 'IA', 'STANDARD_IA']],
    ['S3', 'GLACIER', ['GLACIER', 'Archive', 'ARCHIVE']],
    ['S3', 'DEEP_ARCHIVE', ['DEEP_ARCHIVE', 'ColdArchive', 'DEEP_ARCHIVE']],
    ['OSS', 'IA', ['STANDARD_IA', 'IA', 'STANDARD_IA']],
    ['OSS', 'Archive', ['GLACIER', 'Archive', 'ARCHIVE']],
    ['OSS', 'ColdArchive', ['DEEP_ARCHIVE', 'ColdArchive', 'DEEP_ARCHIVE']],
    ['OSS', 'DeepColdArchive', ['DEEP_ARCHIVE', 'DeepColdArchive', 'DEEP_ARCHIVE']],
    ['COS', 'MAZ_STANDARD', ['STANDARD', 'Standard', 'MAZ_STANDARD']],
    ['COS', 'MAZ_STANDARD_IA', ['STANDARD_IA', 'IA', 'MAZ_STANDARD_IA']],
    ['COS', 'ARCHIVE', ['GLACIER', 'Archive', 'ARCHIVE']],
    ['COS', 'DEEP_ARCHIVE', ['DEEP_ARCHIVE', 'ColdArchive', 'DEEP_ARCHIVE']],
  ]
  const encryption: Stored = { mode: 'service-key', suite: 'AES256' }
  for (const [writer, word, words] of classes)
    await test.step(`${writer}: ${word}`, async () => {
      const key = `classes/${writer}/${word}`
      await byName[writer].put(key, Buffer.from(word), { encryption, storageClass: word })
      for (const [index, door] of bench.doors.entries()) {
        expect((await door.head(key)).storageClass).toBe(words[index])
        expect((await door.list({ prefix: key })).objects[0]!.storageClass).toBe(words[index])
      }
      if (!/GLACIER$|archive$/i.test(word)) return
      const [reader, restorer] = bench.doors.filter(({ name }) => name !== writer)
      const archived = { status: 403, code: 'InvalidObjectState' }
      expect(await refusal(reader!.get(key))).toEqual(archived)
      expect(await refusal(reader!.copy(key, `${key} copied`, encryption))).toEqual(archived)
      await restorer!.restore(key)
      expect((await reader!.get(key)).body.toString()).toBe(word)
    })
})

test('an upload is begun by one, its parts are sent by all, and another completes it', async ({
  coffer,
  credentials,
  s3,
}) => {
  const bench = await openBench(coffer, credentials, s3)
  const { doors } = bench
  for (const [turn, beginner] of doors.entries())
    for (const asked of [{ mode: 'none' }, { mode: 'managed-key', suite: 'AES256' }] as Stored[])
      await test.step(`begun by ${beginner.name}: ${asked.mode}`, async () => {
        const key = `uploads/by ${beginner.name}/文件 ${asked.mode}`
        const ender = doors[(turn + 1) % 3]!
        const pieces = [ender.leastPart, ender.leastPart, 1000].map((bytes) => randomBytes(bytes))
        const upload = await beginner.begin(key, asked)
        for (const [index, piece] of pieces.entries()) {
          const sender = doors[(turn + index) % 3]!
          await sender.part(key, upload, index + 1, piece)
          for (const door of doors) {
            expect(await door.uploads('uploads/'), door.name).toEqual([{ key, upload }])
            const parts = await door.parts(key, upload)
            expect(parts.map(({ number, size }) => [number, size])).toEqual(
              pieces.slice(0, index + 1).map(({ length }, at) => [at + 1, length]),
            )
          }
        }
        await ender.complete(key, upload, await ender.parts(key, upload))
        const own = await beginner.head(key)
        for (const door of doors) {
          const seen = await door.get(key)
          expect(seen.body.equals(Buffer.concat(pieces)), door.name).toBe(true)
          expect([seen.etag, seen.encryption]).toEqual([own.etag, door.says(storedAs(asked, bench))])
          expect(await door.uploads('uploads/')).toEqual([])
        }
      })
})

test('what OSS or COS began to append to, the other goes on with, and all read', async ({
  coffer,
  credentials,
  s3,
}) => {
  const bench = await openBench(coffer, credentials, s3)
  const { doors } = bench
  const growing = doors.filter(({ append }) => append !== undefined)
  expect(growing.map(({ name }) => name)).toEqual(['OSS', 'COS'])
  for (const beginner of growing)
    for (const asked of everyMode(bench).filter(({ mode }) => mode === 'none' || mode === 'service-key'))
      await test.step(`${beginner.name}: ${nameOf(asked)}`, async () => {
        const key = `grown/${beginner.name} ${nameOf(asked)}`
        const pieces = [randomBytes(1000), randomBytes(70_000), randomBytes(5)]
        let length = 0
        for (const [index, piece] of pieces.entries()) {
          const door = index % 2 === 0 ? beginner : growing.find((other) => other !== beginner)!
          await door.append!(key, length, piece, index === 0 ? asked : { mode: 'none' })
          length += piece.length
        }
        for (const door of doors) {
          const seen = await door.get(key)
          expect(seen.body.equals(Buffer.concat(pieces)), door.name).toBe(true)
          expect(seen.encryption).toEqual(door.says(asked))
          expect((await door.list({ prefix: key })).objects).toMatchObject([
            { size: length, etag: seen.etag },
          ])
        }
      })
})

test('lists in the same order with the same sizes, page by page; who deletes, deletes for all', async ({
  coffer,
  credentials,
  s3,
}) => {
  const { doors } = await openBench(coffer, credentials, s3)
  const names = ['a', 'a b+c', 'a&<b>"\'', 'a%2Fb', 'b/1', 'b/2/3', 'é', '文件', '\uffee', '😀', '~']
  const keys = names.map((name) => `lists/${name}`)
  for (const [index, key] of keys.entries())
    await doors[index % 3]!.put(key, randomBytes(index * 1000), {
      encryption: { mode: 'service-key', suite: 'AES256' },
    })
  const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const expected = sorted.map((key) => [key, keys.indexOf(key) * 1000])
  for (const door of doors)
    for (const limit of [1000, 3]) {
      const found: [string, number][] = []
      for (let after: string | undefined, more = true; more;) {
        const page = await door.list({ prefix: 'lists/', limit, after })
        found.push(...page.objects.map(({ key, size }): [string, number] => [key, size]))
        after = page.next
        more = after !== undefined
      }
      expect(found, door.name).toEqual(expected)
    }
  for (const door of doors) {
    const { objects, prefixes } = await door.list({ prefix: 'lists/', grouped: true })
    expect(prefixes).toEqual(['lists/b/'])
    expect(objects.map(({ key }) => key)).toEqual(sorted.filter((key) => !key.startsWith('lists/b/')))
  }
  for (const [index, key] of keys.entries()) {
    await doors[(index + 1) % 3]!.remove(key)
    for (const door of doors) expect((await refusal(door.get(key))).status).toBe(404)
  }
  for (const door of doors) expect((await door.list({ prefix: 'lists/' })).objects).toEqual([])
})
