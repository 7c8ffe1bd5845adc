'use client'
import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { accessKeysQuery } from '@/lib/console/queries/access-keys'
import { AccessKeyTable } from './access-key-table'
import { ConnectionCard } from './connection-card'
import { CreateAccessKeyDialog } from './create-access-key-dialog'

/** A member's access keys in the project, and how to connect a client with them. */
export function AccessKeyList() {
  const t = useTranslations('accessKeys')
  const { projectId, name } = useProject()
  const keys = useQuery(accessKeysQuery(projectId))
  const [creating, setCreating] = useState(false)
  const create = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden />
      {t('create')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('title')} description={t('description', { project: name })} aside={create} />
      <div className="flex flex-col gap-5 px-6 pb-8">
        {keys.isError ? (
          <ErrorNotice error={keys.error} onRetry={() => void keys.refetch()} />
        ) : (
          <SectionCard id="access-keys" title={t('yours')} icon={<KeyRound aria-hidden />} flush>
            {keys.data?.accessKeys.length === 0 ? (
              <EmptyState
                icon={<KeyRound aria-hidden />}
                title={t('emptyTitle')}
                actions={create}
                className="py-12"
              >
                {t('emptyText')}
              </EmptyState>
            ) : (
              <AccessKeyTable keys={keys.data?.accessKeys} />
            )}
          </SectionCard>
        )}
        <ConnectionCard
          accessKeyId={keys.data?.accessKeys.find(({ state }) => state === 'Active')?.accessKeyId}
        />
      </div>
      <CreateAccessKeyDialog open={creating} onClose={() => setCreating(false)} />
    </>
  )
}
