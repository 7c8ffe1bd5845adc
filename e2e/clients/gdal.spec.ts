import { GetObjectCommand, HeadObjectCommand, CreateBucketCommand } from '@aws-sdk/client-s3'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bucketName, expect, test } from '../fixtures.ts'
import { command } from './command.ts'

/** GDAL's /vsioss/, a client of OSS in C++ that shares nothing with Aliyun's: written, listed, read by ranges, in parts. */
test('GDAL writes to OSS and reads what it wrote, in one piece and in parts, under the bucket’s rule', async ({
  coffer,
  credentials,
  s3,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-gdal-'))
  const settings = {
    OSS_ENDPOINT: `127.0.0.1:${coffer.objectPort}`,
    OSS_HTTPS: 'NO',
    OSS_VIRTUAL_HOSTING: 'FALSE',
    OSS_ACCESS_KEY_ID: credentials.accessKeyId,
    OSS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    VSIOSS_CHUNK_SIZE: '1',
  }
  const ogr2ogr = command('COFFER_TEST_OGR2OGR', 'ogr2ogr', folder, settings)
  const Bucket = bucketName('gdal')
  await s3.send(new CreateBucketCommand({ Bucket }))
  const feature = (number: number) => ({
    type: 'Feature',
    properties: { number, name: '台北' },
    geometry: { type: 'Point', coordinates: [121.5, 25 + number / 100_000] },
  })
  const layers = [
    ['small', 3],
    // about 2 MB: three parts of GDAL's smallest size
    ['large', 16_000],
  ] as const
  for (const [name, count] of layers) {
    const features = Array.from({ length: count }, (_, number) => feature(number))
    writeFileSync(join(folder, `${name}.geojson`), JSON.stringify({ type: 'FeatureCollection', features }))
    const object = `/vsioss/${Bucket}/文件/${name}.geojson`
    await ogr2ogr('-f', 'GeoJSON', object, `${name}.geojson`)
    await ogr2ogr('-f', 'CSV', `${name}.csv`, object, '-sql', `SELECT COUNT(*) AS n FROM ${name}`)
    const Key = `文件/${name}.geojson`
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    const written = JSON.parse(await Body!.transformToString()) as { features: object[] }
    expect(written.features.length).toBe(count)
    expect(written.features.at(-1)).toMatchObject({ properties: { name: '台北', number: count - 1 } })
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key }))
    expect(/-\d+"$/.test(ETag!)).toBe(name === 'large')
  }
  rmSync(folder, { recursive: true })
})
