'use client'
import { FileKey2, MoreHorizontal } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem } from '@/components/ui/menu'
import { MOST_SELECTED_KEYS, MOST_SELECTED_PREFIXES, type JobSelection } from '@/lib/console/schemas-jobs'
import type { OperationScope } from './operation-scopes'

export interface MoreOperationsProps {
  scopes: OperationScope[]
  /** how many lines are ticked */
  selected: number
  search: string
  onModify: (selection: JobSelection) => void
}

/** More operations > Modify Encryption Method, for whatever the list shows at the moment. */
export function MoreOperations({ scopes, selected, search, onModify }: MoreOperationsProps) {
  const t = useTranslations('jobs')
  return (
    <Menu
      trigger={
        <Button>
          <MoreHorizontal aria-hidden />
          {t('more')}
        </Button>
      }
    >
      {scopes.map(({ name, selection }) => (
        <MenuItem
          key={name}
          icon={<FileKey2 aria-hidden />}
          disabled={!selection}
          onClick={() => selection && onModify(selection)}
        >
          <span className="max-w-72">
            <span className="block">{t('modify')}</span>
            <span className="text-muted block text-xs">
              {selection
                ? t(`scopes.${name}`, { count: selected, search })
                : t('scopes.tooMany', { keys: MOST_SELECTED_KEYS, folders: MOST_SELECTED_PREFIXES })}
            </span>
          </span>
        </MenuItem>
      ))}
    </Menu>
  )
}
