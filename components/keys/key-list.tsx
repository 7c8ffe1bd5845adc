'use client'
import { useQuery } from '@tanstack/react-query'
import { Plus, Vault } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { SearchField } from '@/components/ui/search-field'
import { keysQuery } from '@/lib/console/queries/keys'
import type { ListedKey } from '@/lib/console/schemas-keys'
import { CreateKeyDialog } from './create-key-dialog'
import { KeyTable } from './key-table'
import { useKeyTitle } from './key-title'
import { KmsAuthorizationCard } from './kms-authorization-card'

/** The project's encryption keys: the one it came with, and its own. */
export function KeyList() {
  const t = useTranslations('keys')
  const { projectId, name } = useProject()
  const keys = useQuery(keysQuery(projectId))
  const [search, setSearch] = useState('')
  const [creating, setCreating] = useState(false)
  const found = useFound(keys.data?.keys, search)
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description', { project: name })}
        aside={
          <Button variant="primary" onClick={() => setCreating(true)}>
            <Plus aria-hidden />
            {t('create')}
          </Button>
        }
      />
      <div className="flex flex-col gap-3 px-6 pb-8">
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
            {found && t('count', { count: found.length })}
          </span>
        </div>
        <KmsAuthorizationCard />
        {keys.isError ? (
          <ErrorNotice error={keys.error} onRetry={() => void keys.refetch()} />
        ) : (
          <Card className="overflow-hidden">
            {found?.length === 0 ? (
              <EmptyState
                icon={<Vault aria-hidden />}
                title={t('noMatch', { search: search.trim() })}
                actions={<Button onClick={() => setSearch('')}>{t('clearSearch')}</Button>}
              />
            ) : (
              <KeyTable keys={found} />
            )}
          </Card>
        )}
        {keys.data?.keys.every(({ isDefault }) => isDefault) && (
          <OwnKeysHint onCreate={() => setCreating(true)} />
        )}
      </div>
      <CreateKeyDialog open={creating} onOpenChange={setCreating} />
    </>
  )
}

/** The default key is always there, so the list is never empty: this says what own keys are for. */
function OwnKeysHint({ onCreate }: { onCreate: () => void }) {
  const t = useTranslations('keys')
  return (
    <Card>
      <EmptyState
        icon={<Vault aria-hidden />}
        title={t('emptyTitle')}
        className="py-12"
        actions={
          <Button onClick={onCreate}>
            <Plus aria-hidden />
            {t('create')}
          </Button>
        }
      >
        {t('emptyText')}
      </EmptyState>
    </Card>
  )
}

function useFound(keys: ListedKey[] | undefined, search: string): ListedKey[] | undefined {
  const title = useKeyTitle()
  const wanted = search.trim().toLowerCase()
  const words = (key: ListedKey) => [title(key), key.keyId, key.description, ...key.aliases]
  return keys?.filter((key) => words(key).some((word) => word.toLowerCase().includes(wanted)))
}
