'use client'
import { useQuery } from '@tanstack/react-query'
import { CircleDashed } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Timestamp } from '@/components/shell/timestamp'
import { useBytes } from '@/components/shell/use-bytes'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { unfinishedUploadsQuery } from '@/lib/console/queries/buckets'
import type { UnfinishedUpload, UnfinishedUploads } from '@/lib/console/schemas'
import { GiveUpUploads } from './give-up-uploads'

/** Parts that take space although no file shows them, and how to be rid of them. */
export function UnfinishedUploadsCard({ bucket }: { bucket: string }) {
  const t = useTranslations('buckets.unfinished')
  const { projectId } = useProject()
  const { data, error, isError, refetch } = useQuery(unfinishedUploadsQuery(projectId, bucket))
  const [chosen, setChosen] = useState<UnfinishedUpload[]>([])
  return (
    <SectionCard
      id="bucket-unfinished"
      title={t('title')}
      icon={<CircleDashed aria-hidden />}
      description={t('description')}
      actions={
        data &&
        data.uploads.length > 1 && (
          <Button variant="danger-quiet" onClick={() => setChosen(data.uploads)}>
            {t('removeAll', { count: data.uploads.length })}
          </Button>
        )
      }
    >
      {isError ? (
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <UploadList data={data} onRemove={(upload) => setChosen([upload])} />
      ) : (
        <Skeleton className="my-1 w-60" />
      )}
      <GiveUpUploads bucket={bucket} uploads={chosen} onClose={() => setChosen([])} />
    </SectionCard>
  )
}

function UploadList({
  data: { uploads, more },
  onRemove,
}: {
  data: UnfinishedUploads
  onRemove: (upload: UnfinishedUpload) => void
}) {
  const t = useTranslations('buckets.unfinished')
  if (uploads.length === 0) return <p className="text-muted text-sm">{t('none')}</p>
  return (
    <>
      <ul className="divide-line -my-2 divide-y">
        {uploads.map((upload) => (
          <UploadRow key={upload.uploadId} upload={upload} onRemove={() => onRemove(upload)} />
        ))}
      </ul>
      {more && <p className="text-muted mt-4 text-sm">{t('more', { count: uploads.length })}</p>}
    </>
  )
}

function UploadRow({ upload, onRemove }: { upload: UnfinishedUpload; onRemove: () => void }) {
  const t = useTranslations('buckets.unfinished')
  const bytes = useBytes()
  const { key, parts, initiatedAt } = upload
  return (
    <li className="flex items-center gap-4 py-2">
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm" title={key}>
          {key}
        </p>
        <p className="text-muted text-xs">
          {t.rich('facts', {
            parts,
            bytes: bytes(upload.bytes),
            begun: () => <Timestamp at={initiatedAt} />,
          })}
        </p>
      </div>
      <Button variant="danger-quiet" size="sm" aria-label={t('removeOne', { name: key })} onClick={onRemove}>
        {t('remove')}
      </Button>
    </li>
  )
}
