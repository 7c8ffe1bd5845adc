import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { UploadListPage, UploadListQuery } from './catalog.ts'
import type { CatalogHarness } from './catalog-conformance.ts'
import { delimiters, markerNear, nastyText } from './catalog-conformance-listing.ts'
import { byBytes, madeBucket, newUpload } from './catalog-conformance-rows.ts'

interface Named {
  key: string
  uploadId: string
}

/** A common prefix stands as an entry without an upload id. */
interface ModelPage {
  entries: Named[]
  next: Named | undefined
}

function modelOf(uploads: readonly Named[], query: Omit<UploadListQuery, 'bucketId'>): ModelPage {
  const { prefix, delimiter, afterKey, afterUploadId, limit } = query
  const entries: Named[] = []
  const ordered = [...uploads].sort((a, b) => byBytes(a.key, b.key) || byBytes(a.uploadId, b.uploadId))
  for (const upload of ordered.filter(({ key }) => key.startsWith(prefix))) {
    const at = delimiter === '' ? -1 : upload.key.indexOf(delimiter, prefix.length)
    if (at < 0) entries.push(upload)
    else {
      const commonPrefix = upload.key.slice(0, at + delimiter.length)
      if (entries.at(-1)?.key !== commonPrefix || entries.at(-1)?.uploadId !== '')
        entries.push({ key: commonPrefix, uploadId: '' })
    }
  }
  const wanted = entries.filter(({ key, uploadId }) => {
    const order = byBytes(key, afterKey)
    return order > 0 || (order === 0 && afterUploadId !== '' && byBytes(uploadId, afterUploadId) > 0)
  })
  const page = wanted.slice(0, limit)
  return { entries: page, next: wanted.length > limit ? page.at(-1) : undefined }
}

function seen({ uploads, commonPrefixes, next }: UploadListPage): ModelPage {
  const entries = [
    ...uploads.map(({ key, uploadId }) => ({ key, uploadId })),
    ...commonPrefixes.map((key) => ({ key, uploadId: '' })),
  ]
  return { entries: entries.sort((a, b) => byBytes(a.key, b.key) || byBytes(a.uploadId, b.uploadId)), next }
}

async function filled(harness: CatalogHarness, keys: readonly string[]) {
  const bucketId = await madeBucket(harness)
  const uploads = keys.map((key) => newUpload(bucketId, key))
  await Promise.all(uploads.map((upload) => harness.catalog.createUpload(upload)))
  return { bucketId, uploads: uploads.map(({ key, uploadId }) => ({ key, uploadId })) }
}

// Few keys, so that several uploads of one key meet.
const keyList = fc
  .uniqueArray(nastyText(1, 4), { minLength: 1, maxLength: 8 })
  .chain((keys) => fc.array(fc.constantFrom(...keys), { maxLength: 16 }))

export function uploadListingConformance(harness: () => CatalogHarness): void {
  it('is what looking at every upload gives, for any prefix, delimiter, markers and limit', async () => {
    const keysAndQueries = keyList.chain((keys) =>
      fc.tuple(
        fc.constant(keys),
        fc.array(
          fc.record({
            prefix: fc.oneof(fc.constant(''), markerNear(keys)),
            delimiter: delimiters,
            afterKey: markerNear(keys),
            /** the n-th upload of the bucket, or none */
            afterUpload: fc.option(fc.nat(15), { nil: undefined }),
            limit: fc.integer({ min: 1, max: 8 }),
          }),
          { minLength: 5, maxLength: 20 },
        ),
      ),
    )
    await fc.assert(
      fc.asyncProperty(keysAndQueries, async ([keys, queries]) => {
        const { bucketId, uploads } = await filled(harness(), keys)
        for (const { afterUpload, ...rest } of queries) {
          const marker = afterUpload === undefined ? undefined : uploads[afterUpload]
          const markers = marker && { afterKey: marker.key, afterUploadId: marker.uploadId }
          const query = { ...rest, afterUploadId: '', ...markers }
          expect(seen(await harness().catalog.listUploads({ bucketId, ...query }))).toEqual(
            modelOf(uploads, query),
          )
        }
      }),
      { numRuns: 60 },
    )
  })

  it('gives page by page what one page gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        keyList,
        delimiters,
        fc.integer({ min: 1, max: 4 }),
        async (keys, delimiter, limit) => {
          const { catalog } = harness()
          const { bucketId } = await filled(harness(), keys)
          const query = { bucketId, prefix: '', delimiter, afterKey: '', afterUploadId: '', limit: 1000 }
          const whole = seen(await catalog.listUploads(query))
          const entries: Named[] = []
          let next: Named | undefined = { key: '', uploadId: '' }
          while (next !== undefined) {
            const markers = { afterKey: next.key, afterUploadId: next.uploadId }
            const page = seen(await catalog.listUploads({ ...query, ...markers, limit }))
            entries.push(...page.entries)
            next = page.next
          }
          expect(entries).toEqual(whole.entries)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('lists uploads of this bucket only', async () => {
    const { catalog } = harness()
    const one = await filled(harness(), ['k'])
    await filled(harness(), ['k'])
    const query = { prefix: '', delimiter: '', afterKey: '', afterUploadId: '', limit: 10 }
    const page = await catalog.listUploads({ bucketId: one.bucketId, ...query })
    expect(seen(page).entries).toEqual(one.uploads)
  })
}
