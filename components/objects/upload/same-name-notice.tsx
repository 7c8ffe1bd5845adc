'use client'
import { useTranslations } from 'next-intl'
import { Notice } from '@/components/ui/notice'
import type { QueuedUpload } from './upload-queue'

/** Says which of several files of one name will lie in the bucket. */
export function SameNameNotice({ files }: { files: readonly QueuedUpload[] }) {
  const t = useTranslations('upload')
  const count = files.filter(({ meta }) => meta.sameName).length
  if (count === 0) return null
  return <Notice live>{t('sameName.notice', { count })}</Notice>
}
