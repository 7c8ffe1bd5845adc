'use client'
import { ScrollText, SearchX } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { fieldsInUse, type AuditSearch } from './audit-filter'

export function AuditEmpty({ search, onClear }: { search: AuditSearch; onClear: () => void }) {
  const t = useTranslations('audit')
  const narrowed = fieldsInUse(search) > 0 || search.period !== 'all'
  return (
    <Card className="flex-1">
      <EmptyState
        icon={narrowed ? <SearchX aria-hidden /> : <ScrollText aria-hidden />}
        title={t(narrowed ? 'noMatchTitle' : 'emptyTitle')}
        actions={narrowed && <Button onClick={onClear}>{t('clear')}</Button>}
      >
        {t(narrowed ? 'noMatchText' : 'emptyText')}
      </EmptyState>
    </Card>
  )
}
