import type { PageInput } from '@/app/_request/page-input'
import { BucketHeader } from '@/components/buckets/bucket-header'
import { CoverageOfFolder } from '@/components/encryption/coverage-of-folder'
import { ObjectBrowser } from '@/components/objects/object-browser'
import { filterOfPage } from '@/lib/console/object-filter'

export async function generateMetadata({ params }: PageInput<{ bucket: string }>) {
  return { title: decodeURIComponent((await params).bucket) }
}

export default async function BucketPage({ params, searchParams }: PageInput<{ bucket: string }>) {
  const bucket = decodeURIComponent((await params).bucket)
  const { prefix, ...search } = await searchParams
  const folder = typeof prefix === 'string' ? prefix : ''
  return (
    <>
      <BucketHeader bucket={bucket} prefix={folder} />
      <CoverageOfFolder bucket={bucket} prefix={folder} />
      {/* another folder begins with an empty search and selection */}
      <ObjectBrowser key={folder} bucket={bucket} prefix={folder} filter={filterOfPage(search)} />
    </>
  )
}
