'use client'
import { FolderOpen, SearchX, Upload } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'

export interface ObjectsEmptyProps {
  search: string
  prefix: string
  filtered: boolean
  onClear: () => void
  onUpload: () => void
}

export function ObjectsEmpty({ search, prefix, filtered, onClear, onUpload }: ObjectsEmptyProps) {
  const t = useTranslations('objects')
  if (filtered) {
    return (
      <Card className="flex-1">
        <EmptyState
          icon={<SearchX aria-hidden />}
          title={t('noneFound')}
          actions={<Button onClick={onClear}>{t('clearFilter')}</Button>}
        >
          {t('noneFoundText')}
        </EmptyState>
      </Card>
    )
  }
  if (search) {
    return (
      <Card className="flex-1">
        <EmptyState
          icon={<SearchX aria-hidden />}
          title={t('noMatch', { search })}
          actions={<Button onClick={onClear}>{t('clearSearch')}</Button>}
        >
          {t('noMatchText')}
        </EmptyState>
      </Card>
    )
  }
  return (
    <Card className="flex-1">
      <EmptyState
        icon={<FolderOpen aria-hidden />}
        title={prefix ? t('emptyFolder') : t('emptyBucket')}
        actions={
          <Button variant="primary" onClick={onUpload}>
            <Upload aria-hidden />
            {t('upload')}
          </Button>
        }
      >
        {t('emptyText')}
      </EmptyState>
    </Card>
  )
}
