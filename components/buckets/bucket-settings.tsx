'use client'
import { useQuery } from '@tanstack/react-query'
import { Info } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { useState } from 'react'
import { BucketAccessCard } from '@/components/access/bucket-access'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Timestamp } from '@/components/shell/timestamp'
import { useBytes } from '@/components/shell/use-bytes'
import { SectionCard } from '@/components/ui/card'
import { Mono, Property, PropertyList } from '@/components/ui/property-list'
import { Skeleton } from '@/components/ui/skeleton'
import { bucketQuery } from '@/lib/console/queries/buckets'
import type { Bucket } from '@/lib/console/schemas'
import { DefaultEncryptionForm } from './default-encryption-form'
import { EncryptTheRest } from './encrypt-the-rest'
import { DeleteBucket } from './delete-bucket'
import { ExistingObjectsCard } from './existing-objects-card'
import { UnfinishedUploadsCard } from './unfinished-uploads-card'

export function BucketSettings({ bucket: name }: { bucket: string }) {
  const { projectId } = useProject()
  const bucket = useQuery(bucketQuery(projectId, name))
  const [saved, setSaved] = useState(false)
  if (bucket.isError) {
    return <ErrorNotice error={bucket.error} onRetry={() => void bucket.refetch()} className="m-6" />
  }
  return (
    <div className="flex max-w-3xl flex-col gap-5 p-6">
      <General bucket={bucket.data} />
      {bucket.data && (
        <>
          {/* remade when another rule is saved, so that the form begins with what is so */}
          <DefaultEncryptionForm
            key={JSON.stringify(bucket.data.encryption)}
            bucket={bucket.data}
            onSaved={() => setSaved(true)}
          />
          {saved && <EncryptTheRest bucket={bucket.data} />}
          <ExistingObjectsCard bucket={bucket.data} />
          <BucketAccessCard bucket={bucket.data.name} />
          <UnfinishedUploadsCard bucket={bucket.data.name} />
          <DeleteBucket bucket={bucket.data} />
        </>
      )}
    </div>
  )
}

function General({ bucket }: { bucket: Bucket | undefined }) {
  const t = useTranslations('buckets')
  const format = useFormatter()
  const bytes = useBytes()
  const facts = [
    { label: t('name'), value: bucket && <Mono>{bucket.name}</Mono> },
    { label: t('region'), value: bucket && <Mono>{bucket.region}</Mono> },
    { label: t('columns.createdAt'), value: bucket && <Timestamp at={bucket.createdAt} /> },
    { label: t('columns.objects'), value: bucket && format.number(bucket.objects) },
    { label: t('columns.bytes'), value: bucket && bytes(bucket.bytes) },
    { label: t('plaintextObjects'), value: bucket && format.number(bucket.plaintextObjects) },
  ]
  return (
    <SectionCard id="bucket-general" title={t('general')} icon={<Info aria-hidden />}>
      <PropertyList>
        {facts.map(({ label, value }) => (
          <Property key={label} label={label}>
            {value ?? <Skeleton className="my-0.75 w-40" />}
          </Property>
        ))}
      </PropertyList>
    </SectionCard>
  )
}
