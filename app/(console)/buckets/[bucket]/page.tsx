import type { PageInput } from '@/app/_request/page-input'
import { BucketHeader } from '@/components/buckets/bucket-header'
import { ObjectBrowser } from '@/components/objects/object-browser'

export async function generateMetadata({ params }: PageInput<{ bucket: string }>) {
  return { title: decodeURIComponent((await params).bucket) }
}

export default async function BucketPage({ params, searchParams }: PageInput<{ bucket: string }>) {
  const bucket = decodeURIComponent((await params).bucket)
  const { prefix } = await searchParams
  const folder = typeof prefix === 'string' ? prefix : ''
  return (
    <>
      <BucketHeader bucket={bucket} prefix={folder} />
      {/* another folder begins with an empty search and selection */}
      <ObjectBrowser key={folder} bucket={bucket} prefix={folder} />
    </>
  )
}
