import * as S3 from '@aws-sdk/client-s3'
import COS from 'cos-nodejs-sdk-v5'
import { createRequire } from 'node:module'
import type { OssClient, OssOptions } from '@/lib/dialects/oss/ali-oss.test-support'
import type { Coffer } from '../coffer.ts'
import { bucketName, expect, test } from '../fixtures.ts'

/** CORS and lifecycle rules by each vendor's own client, seen by the others; what they do is tested beside the code. */
const OSS = createRequire(import.meta.url)('ali-oss') as new (options: OssOptions) => OssClient & OssRules
const PAGE = 'https://app.example.org'
const Region = 'ap-guangzhou'

interface OssRules {
  putBucketCORS(bucket: string, rules: object[]): Promise<unknown>
  getBucketCORS(bucket: string): Promise<{ rules: Record<string, unknown>[] }>
  deleteBucketCORS(bucket: string): Promise<unknown>
  putBucketLifecycle(bucket: string, rules: object[]): Promise<unknown>
  getBucketLifecycle(bucket: string): Promise<{ rules: Record<string, unknown>[] }>
  deleteBucketLifecycle(bucket: string): Promise<unknown>
}

function preflight(coffer: Coffer, path: string, method: string, headers = ''): Promise<Response> {
  return fetch(`${coffer.objectUrl}/${path}`, {
    method: 'OPTIONS',
    headers: {
      origin: PAGE,
      'access-control-request-method': method,
      ...(headers !== '' && { 'access-control-request-headers': headers }),
    },
  })
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => {
      const { name, code } = error as { name?: string; code?: string }
      return code ?? name ?? ''
    },
  )

test('CORS and lifecycle rules by @aws-sdk/client-s3, ali-oss and cos-nodejs-sdk', async ({
  coffer,
  credentials,
  s3,
}) => {
  const Bucket = `${bucketName('rules')}-1250000000`
  const { accessKeyId, secretAccessKey } = credentials
  const host = `127.0.0.1:${coffer.objectPort}`
  const oss = new OSS({
    accessKeyId,
    accessKeySecret: secretAccessKey,
    endpoint: `http://${host}`,
    bucket: Bucket,
    region: 'oss-cn-hongkong',
  })
  const cos = new COS({
    SecretId: accessKeyId,
    SecretKey: secretAccessKey,
    Protocol: 'http:',
    Domain: `${host}/{Bucket}`,
    ServiceDomain: host,
  })
  await s3.send(new S3.CreateBucketCommand({ Bucket }))

  await test.step('CORS by S3, read by the others', async () => {
    expect(await codeOf(s3.send(new S3.GetBucketCorsCommand({ Bucket })))).toBe('NoSuchCORSConfiguration')
    expect((await preflight(coffer, `${Bucket}/k`, 'PUT')).status).toBe(403)
    const rule = {
      ID: 'page',
      AllowedOrigins: ['https://*.example.org'],
      AllowedMethods: ['GET', 'PUT'],
      AllowedHeaders: ['*'],
      ExposeHeaders: ['ETag', 'x-amz-request-id'],
      MaxAgeSeconds: 300,
    }
    await s3.send(new S3.PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }))
    expect((await s3.send(new S3.GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual([rule])
    const [seen] = (await oss.getBucketCORS(Bucket)).rules
    expect(seen).toMatchObject({ iD: 'page', allowedMethod: ['GET', 'PUT'], maxAgeSeconds: '300' })
    const asked = await preflight(coffer, `${Bucket}/k`, 'PUT', 'authorization,x-amz-date')
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([200, PAGE])
    expect((await preflight(coffer, `${Bucket}/k`, 'DELETE')).status).toBe(403)
    await s3.send(new S3.PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))
    const got = await fetch(`${coffer.objectUrl}/${Bucket}/k`, { headers: { origin: PAGE } })
    expect(got.headers.get('access-control-expose-headers')).toBe('ETag, x-amz-request-id')
  })

  await test.step('CORS by OSS', async () => {
    const rule = { allowedOrigin: '*', allowedMethod: 'PUT', allowedHeader: 'x-oss-*', exposeHeader: 'ETag' }
    await oss.putBucketCORS(Bucket, [rule])
    expect((await oss.getBucketCORS(Bucket)).rules).toEqual([rule])
    const asked = await preflight(coffer, `${Bucket}/k`, 'PUT', 'x-oss-date')
    expect(asked.headers.get('access-control-allow-origin')).toBe('*')
    const refused = await preflight(coffer, `${Bucket}/k`, 'GET', 'x-oss-date')
    expect([refused.status, refused.headers.has('x-oss-request-id')]).toEqual([403, true])
    expect(await refused.text()).toContain('<Code>AccessForbidden</Code>')
    await oss.deleteBucketCORS(Bucket)
    expect(await codeOf(oss.getBucketCORS(Bucket))).toBe('NoSuchCORSConfiguration')
  })

  await test.step('CORS by COS', async () => {
    const rule = {
      AllowedOrigin: [PAGE],
      AllowedMethod: ['GET'],
      AllowedHeader: ['*'],
      ExposeHeader: ['ETag', 'x-cos-*'],
      MaxAgeSeconds: 5,
    }
    await cos.putBucketCors({ Bucket, Region, CORSRules: [rule] })
    const { CORSRules } = await cos.getBucketCors({ Bucket, Region })
    expect(CORSRules).toEqual([
      {
        AllowedOrigins: [PAGE],
        AllowedMethods: ['GET'],
        AllowedHeaders: ['*'],
        ExposeHeaders: ['ETag', 'x-cos-*'],
        MaxAgeSeconds: '5',
      },
    ])
    const Url = cos.getObjectUrl({ Bucket, Region, Key: 'k', Sign: true, Protocol: 'http:' }, () => undefined)
    const got = await fetch(Url, { headers: { origin: PAGE } })
    expect([got.status, await got.text()]).toEqual([200, 'x'])
    expect(got.headers.get('access-control-expose-headers')).toMatch(/^ETag, x-cos-.*x-cos-request-id/)
    await cos.deleteBucketCors({ Bucket, Region })
    expect((await cos.getBucketCors({ Bucket, Region })).CORSRules).toEqual([])
  })

  await test.step('lifecycle by S3, and the header that tells of it', async () => {
    const Rules: S3.LifecycleRule[] = [
      {
        ID: 'logs',
        Status: 'Enabled',
        Filter: { And: { Prefix: 'log/', Tags: [{ Key: 'a', Value: 'b' }], ObjectSizeLessThan: 10 } },
        Expiration: { Days: 3 },
        NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 },
        Transitions: [{ Days: 1, StorageClass: 'GLACIER' }],
      },
      {
        ID: 'uploads',
        Status: 'Disabled',
        Filter: { Prefix: '' },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ]
    const put = new S3.PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } })
    await s3.send(put)
    const read = await s3.send(new S3.GetBucketLifecycleConfigurationCommand({ Bucket }))
    expect(read.Rules).toEqual(Rules)
    expect(read.TransitionDefaultMinimumObjectSize).toBe('all_storage_classes_128K')
    const written = await s3.send(
      new S3.PutObjectCommand({ Bucket, Key: 'log/1', Body: 'x', Tagging: 'a=b' }),
    )
    expect(written.Expiration).toMatch(/^expiry-date="\w{3}, .* 00:00:00 GMT", rule-id="logs"$/)
    const head = await s3.send(new S3.HeadObjectCommand({ Bucket, Key: 'log/1' }))
    expect(head.Expiration).toBe(written.Expiration)
    expect((await s3.send(new S3.HeadObjectCommand({ Bucket, Key: 'k' }))).Expiration).toBeUndefined()
    await s3.send(new S3.DeleteBucketLifecycleCommand({ Bucket }))
    const absent = s3.send(new S3.GetBucketLifecycleConfigurationCommand({ Bucket }))
    expect(await codeOf(absent)).toBe('NoSuchLifecycleConfiguration')
  })

  await test.step('lifecycle by OSS', async () => {
    expect(await codeOf(oss.getBucketLifecycle(Bucket))).toBe('NoSuchLifecycle')
    const rule = {
      id: 'r',
      prefix: 'k',
      status: 'Enabled',
      expiration: { createdBeforeDate: '2050-01-01T00:00:00.000Z' },
      tag: [{ key: '1', value: '2' }],
    }
    await oss.putBucketLifecycle(Bucket, [structuredClone(rule)])
    expect((await oss.getBucketLifecycle(Bucket)).rules).toEqual([rule])
    const uploads = { prefix: 'logs/', status: 'Enabled', abortMultipartUpload: { days: 1 } }
    await oss.putBucketLifecycle(Bucket, [{ ...uploads, id: 'u' }])
    expect((await oss.getBucketLifecycle(Bucket)).rules).toMatchObject([
      { abortMultipartUpload: { days: '1' } },
    ])
    await oss.deleteBucketLifecycle(Bucket)
  })

  await test.step('lifecycle by COS', async () => {
    expect((await cos.getBucketLifecycle({ Bucket, Region })).Rules).toEqual([])
    const Rules = [
      {
        ID: '1',
        Status: 'Enabled',
        Filter: { Prefix: 'k' },
        Transition: { Days: '3', StorageClass: 'ARCHIVE' },
        Expiration: { Days: '9' },
      },
    ]
    await cos.putBucketLifecycle({ Bucket, Region, Rules: Rules as COS.LifecycleRule[] })
    expect((await cos.getBucketLifecycle({ Bucket, Region })).Rules).toEqual(Rules)
    const { headers } = await cos.headObject({ Bucket, Region, Key: 'k' })
    expect(headers?.['x-cos-expiration']).toMatch(/rule-id="1"$/)
    await cos.deleteBucketLifecycle({ Bucket, Region })
  })
})
