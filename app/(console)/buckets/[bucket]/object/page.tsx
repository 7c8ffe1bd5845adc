import { notFound } from 'next/navigation'
import type { PageInput } from '@/app/_request/page-input'
import { ObjectDetail } from '@/components/objects/object-detail'
import { baseName } from '@/lib/console/object-key'

type Props = PageInput<{ bucket: string }>

export async function generateMetadata({ searchParams }: Props) {
  const { key } = await searchParams
  return { title: typeof key === 'string' ? baseName(key) : undefined }
}

export default async function ObjectPage({ params, searchParams }: Props) {
  const { key, versionId } = await searchParams
  if (typeof key !== 'string' || key === '') notFound()
  const at = { key, ...(typeof versionId === 'string' && versionId !== '' && { versionId }) }
  return <ObjectDetail bucket={decodeURIComponent((await params).bucket)} at={at} />
}
