import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isStoreError } from '../errors.ts'
import { keyArn, parseKeyReference } from './key-reference.ts'

const home = { region: 'us-east-1', account: '123456789012' }
const ID = '1234abcd-12ab-34cd-56ef-1234567890ab'
const at = (region: string, account: string, resource: string) =>
  `arn:aws:kms:${region}:${account}:${resource}`

describe('a key reference', () => {
  test.each([
    [undefined, { kind: 'default' }],
    [ID, { kind: 'id', keyId: ID }],
    [ID.toUpperCase(), { kind: 'id', keyId: ID }],
    ['alias/x', { kind: 'alias', alias: 'alias/x' }],
    ['alias/Team_1/a-b', { kind: 'alias', alias: 'alias/Team_1/a-b' }],
    ['alias/aws/s3', { kind: 'default' }],
    ['alias/acs/oss', { kind: 'default' }],
    ['alias/cos/kms', { kind: 'default' }],
    [keyArn(home, ID), { kind: 'id', keyId: ID }],
    [at('us-east-1', '123456789012', 'alias/x'), { kind: 'alias', alias: 'alias/x' }],
    [at('us-east-1', '123456789012', 'alias/aws/s3'), { kind: 'default' }],
  ])('%s', (text, reference) => expect(parseKeyReference(text, home)).toEqual(reference))

  test.each([
    '',
    ' ',
    ID + ' ',
    ID.slice(1),
    `key/${ID}`,
    'alias/',
    'alias/ä',
    'alias/a b',
    'alias/' + 'x'.repeat(251),
    'aws/s3',
    'mrk-' + '0'.repeat(32),
    'arn:',
    'arn:aws:kms:us-east-1:123456789012:' + ID,
    at('us-east-1', '123456789012', 'key/'),
    at('us-east-1', '123456789012', 'alias'),
    `arn:aws:s3:us-east-1:123456789012:key/${ID}`,
    `arn:aws:kms:us-east-1:key/${ID}`,
    keyArn(home, ID) + '\n',
    '__proto__',
    // Shape comes before region and account.
    at('eu-west-1', '999999999999', 'key/nonsense'),
  ])('malformed: %j', (text) => {
    expect(() => parseKeyReference(text, home)).toThrow(expect.objectContaining({ code: 'KeyIdMalformed' }))
  })

  test('of another region says which; of another account nothing', () => {
    const facts = { region: 'eu-west-1', expected: 'us-east-1' }
    for (const resource of [`key/${ID}`, 'alias/x', 'alias/aws/s3']) {
      const abroad = () => parseKeyReference(at('eu-west-1', '123456789012', resource), home)
      expect(abroad).toThrow(expect.objectContaining({ code: 'KeyInOtherRegion', facts }))
      const foreign = () => parseKeyReference(at('us-east-1', '999999999999', resource), home)
      expect(foreign).toThrow(expect.objectContaining({ code: 'KeyNotFound', facts: {} }))
    }
  })

  test('is never anything else than a reference or one of three errors, and errors do not repeat it', () => {
    const pieces = fc.array(
      fc.constantFrom(
        'arn',
        ':',
        'aws',
        'kms',
        'us-east-1',
        '123456789012',
        'key/',
        'alias/',
        ID,
        'x',
        '/',
        '\n',
        'é',
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((list) => list.join('')),
        ),
        (text) => {
          try {
            expect(['id', 'alias', 'default']).toContain(parseKeyReference(text, home).kind)
          } catch (error) {
            if (!isStoreError(error)) throw error
            expect(['KeyIdMalformed', 'KeyInOtherRegion', 'KeyNotFound']).toContain(error.code)
            if (text.length > 12) expect(error.message).not.toContain(text)
          }
        },
      ),
    )
  })
})
