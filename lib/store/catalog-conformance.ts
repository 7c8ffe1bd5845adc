import { afterAll, beforeAll, describe } from 'vitest'
import type { Catalog } from './catalog.ts'
import { bucketConformance } from './catalog-conformance-buckets.ts'
import { appendConformance } from './catalog-conformance-appends.ts'
import { encryptionConformance } from './catalog-conformance-encryption.ts'
import { filterConformance } from './catalog-conformance-filter.ts'
import { listingConformance } from './catalog-conformance-listing.ts'
import { objectConformance } from './catalog-conformance-objects.ts'
import { uploadListingConformance } from './catalog-conformance-upload-listing.ts'
import { uploadConformance } from './catalog-conformance-uploads.ts'
import { usageConformance } from './catalog-conformance-usage.ts'
import { versionConformance } from './catalog-conformance-versions.ts'

/** A catalog under test. Buckets belong to projects, which other tables keep. */
export interface CatalogHarness {
  catalog: Catalog
  newProject(): Promise<string>
  close(): Promise<void>
}

/** What every catalog must do; one is done when a file of thirty lines that calls this passes. */
export function catalogConformance(name: string, open: () => Promise<CatalogHarness>): void {
  describe(`${name} keeps the promises of a catalog`, () => {
    let harness: CatalogHarness
    beforeAll(async () => {
      harness = await open()
    })
    afterAll(() => harness.close())
    const current = (): CatalogHarness => harness
    describe('buckets', () => bucketConformance(current))
    describe('objects', () => objectConformance(current))
    describe('encryption of objects', () => encryptionConformance(current))
    describe('objects that grow', () => appendConformance(current))
    describe('listing', () => listingConformance(current))
    describe('finding', () => filterConformance(current))
    describe('uploads', () => uploadConformance(current))
    describe('listing uploads', () => uploadListingConformance(current))
    describe('usage', () => usageConformance(current))
    describe('versions', () => versionConformance(current))
  })
}
