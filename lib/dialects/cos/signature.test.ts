import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  canonicalName,
  httpString,
  sameSignature,
  signatureOf,
  signKeyOf,
  stringToSign,
} from './signature.ts'

/** Tencent's own key pair of its pages and tests (tencent-cos.md §1.3); it opens nothing. */
const SECRET = 'BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz'

describe("Tencent's vectors", () => {
  test('PUT Object (document 436/7778, the path in Chinese: the English page prints another one)', () => {
    const keyTime = '1557989151;1557996351'
    const text = httpString({
      method: 'PUT',
      path: '/exampleobject(腾讯云)',
      parameters: [],
      headers: [
        ['date', 'Thu, 16 May 2019 06:45:51 GMT'],
        ['host', 'examplebucket-1250000000.cos.ap-beijing.myqcloud.com'],
        ['content-type', 'text/plain'],
        ['content-length', '13'],
        ['content-md5', 'mQ/fVh815F3k6TAUm8m0eg=='],
        ['x-cos-acl', 'private'],
        ['x-cos-grant-read', 'uin="100000000011"'],
      ],
    })
    expect(createHash('sha1').update(text).digest('hex')).toBe('8b2751e77f43a0995d6e9eb9477f4b685cca4172')
    expect(signKeyOf(SECRET, keyTime)).toBe('eb2519b498b02ac213cb1f3d1a3d27a3b3c9bc5f')
    expect(signatureOf(signKeyOf(SECRET, keyTime), stringToSign(keyTime, text))).toBe(
      '3b8851a11a569213c17ba8fa7dcf2abec6935172',
    )
  })

  test('GET Object with parameters (the same page)', () => {
    const keyTime = '1557989753;1557996953'
    const text = httpString({
      method: 'GET',
      path: '/exampleobject(腾讯云)',
      parameters: [
        ['response-content-type', 'application/octet-stream'],
        ['response-cache-control', 'max-age=600'],
      ],
      headers: [
        ['host', 'examplebucket-1250000000.cos.ap-beijing.myqcloud.com'],
        ['date', 'Thu, 16 May 2019 06:55:53 GMT'],
      ],
    })
    expect(createHash('sha1').update(text).digest('hex')).toBe('54ecfe22f59d3514fdc764b87a32d8133ea611e6')
    expect(signatureOf(signKeyOf(SECRET, keyTime), stringToSign(keyTime, text))).toBe(
      '01681b8c9d798a678e43b685a9f1bba0f6c0e012',
    )
  })

  test('GET a range', () => {
    const keyTime = '1417773892;1417853898'
    const text = httpString({
      method: 'GET',
      path: '/testfile',
      parameters: [],
      headers: [
        ['range', 'bytes=0-3'],
        ['host', 'bucket1-1254000000.cos.ap-beijing.myqcloud.com'],
      ],
    })
    expect(signatureOf(signKeyOf(SECRET, keyTime), stringToSign(keyTime, text))).toBe(
      '4b6cbab14ce01381c29032423481ebffd514e8be',
    )
  })

  test('the policy of a form (document 436/14690): its text is hashed, not its Base64', () => {
    const policy = Buffer.from(
      'ewogICAgImV4cGlyYXRpb24iOiAiMjAxOS0wOC0zMFQwOTozODoxMi40MTRaIiwKICAgICJjb25kaXRpb25zIjogWwogICAgICAgIHsgImFjbCI6ICJkZWZhdWx0IiB9LAogICAgICAgIHsgImJ1Y2tldCI6ICJleGFtcGxlYnVja2V0LTEyNTAwMDAwMDAiIH0sCiAgICAgICAgWyAic3RhcnRzLXdpdGgiLCAiJGtleSIsICJmb2xkZXIvc3ViZm9sZGVyLyIgXSwKICAgICAgICBbICJzdGFydHMtd2l0aCIsICIkQ29udGVudC1UeXBlIiwgImltYWdlLyIgXSwKICAgICAgICBbICJzdGFydHMtd2l0aCIsICIkc3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiLCAiaHR0cHM6Ly9teS53ZWJzaXRlLyIgXSwKICAgICAgICBbICJlcSIsICIkeC1jb3Mtc2VydmVyLXNpZGUtZW5jcnlwdGlvbiIsICJBRVMyNTYiIF0sCiAgICAgICAgeyAicS1zaWduLWFsZ29yaXRobSI6ICJzaGExIiB9LAogICAgICAgIHsgInEtYWsiOiAiQUtJRFFqejNsdG9tcFZqQm5pNUxpdGtXSEZsRnB3a245VTVxIiB9LAogICAgICAgIHsgInEtc2lnbi10aW1lIjogIjE1NjcxNTA2OTI7MTU2NzE1Nzg5MiIgfQogICAgXQp9',
      'base64',
    )
    const signKey = signKeyOf(SECRET, '1567150692;1567157892')
    const digest = createHash('sha1').update(policy).digest('hex')
    expect([signKey, digest, signatureOf(signKey, digest)]).toEqual([
      '39acc8c9f34ba5b19bce4e965b370cd3f62d2fba',
      'd5d903b8360468bc81c1311f134989bc8c8b5b89',
      '7758dc9a832e9d301dca704cacbf9d9f8172fdef',
    ])
  })
})

test('names are encoded, then lower-case; values keep their case', () => {
  expect(canonicalName('x-cos-meta-A/中')).toBe('x-cos-meta-a%2f%e4%b8%ad')
  const parts = { method: 'GET', path: '/', headers: [] }
  expect(httpString({ ...parts, parameters: [['Prefix', "A'(b)*!~ /+"]] })).toBe(
    'get\n/\nprefix=A%27%28b%29%2A%21~%20%2F%2B\n\n',
  )
  expect(
    httpString({
      ...parts,
      parameters: [
        ['b', '2'],
        ['a', ''],
        ['b', '1'],
      ],
    }),
  ).toBe('get\n/\na=&b=1&b=2\n\n')
})

test('signatures are compared whole', () => {
  const signature = 'a'.repeat(40)
  expect(sameSignature(signature, signature)).toBe(true)
  for (const other of ['', 'a', 'a'.repeat(39), 'a'.repeat(41), `${'a'.repeat(39)}b`, 'A'.repeat(40)])
    expect(sameSignature(signature, other)).toBe(false)
})
