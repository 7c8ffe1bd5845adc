'use client'
import { useQuery } from '@tanstack/react-query'
import { Archive, Plus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { CoverageOfProject } from '@/components/encryption/coverage-of-project'
import { EncryptionKeyId } from '@/components/encryption/encryption-key-id'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { SearchField } from '@/components/ui/search-field'
import { bucketsQuery } from '@/lib/console/queries/buckets'
import { BucketTable } from './bucket-table'
import { CreateBucketDialog } from './create-bucket-dialog'

/** Cloud Object Storage Management: the project's buckets, and its key at the top right. */
export function BucketList() {
  const t = useTranslations('buckets')
  const { projectId } = useProject()
  const buckets = useQuery(bucketsQuery(projectId))
  const [search, setSearch] = useState('')
  const [creating, setCreating] = useState(false)
  const found = buckets.data?.buckets.filter(({ name }) => name.includes(search.trim().toLowerCase()))
  const none = buckets.data?.buckets.length === 0
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} aside={<EncryptionKeyId />} />
      <div className="flex flex-col gap-3 px-6 pb-8">
        <CoverageOfProject />
        <div className="flex flex-wrap items-center gap-2">
          <SearchField
            value={search}
            onChange={setSearch}
            label={t('search')}
            placeholder={t('search')}
            clearLabel={t('clearSearch')}
            className="w-full max-w-xs"
          />
          <span role="status" className="text-faint px-1 text-sm tabular-nums">
            {found && !none && t('count', { count: found.length })}
          </span>
          <Button variant="primary" onClick={() => setCreating(true)} className="ml-auto">
            <Plus aria-hidden />
            {t('create')}
          </Button>
        </div>
        {buckets.isError ? (
          <ErrorNotice error={buckets.error} onRetry={() => void buckets.refetch()} />
        ) : (
          <Card className="overflow-hidden">
            {none ? (
              <EmptyState
                icon={<Archive aria-hidden />}
                title={t('emptyTitle')}
                actions={
                  <Button variant="primary" onClick={() => setCreating(true)}>
                    <Plus aria-hidden />
                    {t('create')}
                  </Button>
                }
              >
                {t('emptyText')}
              </EmptyState>
            ) : found?.length === 0 ? (
              <EmptyState
                icon={<Archive aria-hidden />}
                title={t('noMatch', { search: search.trim() })}
                actions={<Button onClick={() => setSearch('')}>{t('clearSearch')}</Button>}
              />
            ) : (
              <BucketTable buckets={found} />
            )}
          </Card>
        )}
      </div>
      <CreateBucketDialog open={creating} onOpenChange={setCreating} />
    </>
  )
}
