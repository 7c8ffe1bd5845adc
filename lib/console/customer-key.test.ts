import { expect, test } from 'vitest'
import { generateCustomerKey, keyFileText, readCustomerKey, readKeyFile } from './customer-key.ts'
import { customerKeySchema, modifyEncryptionSchema } from './schemas-modify-encryption.ts'

test.each(['AES256', 'SM4'] as const)('a %s key is kept in a file and read from it again', (suite) => {
  const made = generateCustomerKey(suite)
  expect(customerKeySchema.parse(made)).toEqual(made)
  expect(generateCustomerKey(suite)).not.toEqual(made)
  const bytes = Buffer.from(made.key, 'base64')
  const file = Buffer.from(keyFileText(made, 's3://b/k'))
  const ways = [
    made.key,
    ` ${made.key}\n`,
    made.key.replace(/=+$/, ''),
    bytes.toString('hex'),
    file.toString(),
  ]
  for (const text of ways) expect(readCustomerKey(text, suite)).toEqual(made)
  for (const content of [bytes, file, Buffer.from(made.key)])
    expect(readKeyFile(new Uint8Array(content), suite)).toEqual(made)
  const other = suite === 'SM4' ? 'AES256' : 'SM4'
  for (const text of ways) expect(readCustomerKey(text, other)).toBeUndefined()
})

test.each(['', 'secret', '{}', '{"key":1}', '{"key":"x"}', '[]', 'ä'.repeat(32), '='.repeat(44)])(
  '%j is no key',
  (text) => {
    for (const suite of ['AES256', 'SM4'] as const) expect(readCustomerKey(text, suite)).toBeUndefined()
  },
)

test('a key of another length than its cipher’s is refused before it reaches the store', () => {
  const target = { kind: 'customer-key', suite: 'SM4', key: generateCustomerKey('AES256').key }
  expect(modifyEncryptionSchema.safeParse({ key: 'k', target }).success).toBe(false)
  const right = { ...target, suite: 'AES256' }
  expect(modifyEncryptionSchema.safeParse({ key: 'k', target: right }).success).toBe(true)
  expect(
    modifyEncryptionSchema.safeParse({ key: 'k', target: { kind: 'none' }, customerKey: target }).success,
  ).toBe(false)
})
