'use client'
import { Ellipsis, Power, PowerOff, Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Timestamp } from '@/components/shell/timestamp'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu'
import { Skeleton } from '@/components/ui/skeleton'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import type { AccessKey } from '@/lib/console/schemas'
import { AccessKeyConfirm, type AccessKeyAction } from './access-key-confirm'
import { useSetAccessKeyState } from './use-access-keys'

const LOOKS = {
  id: '',
  state: 'w-28',
  createdAt: 'w-48 @max-3xl:hidden',
  lastUsedAt: 'w-48 @max-xl:hidden',
}
const COLUMNS = Object.keys(LOOKS) as (keyof typeof LOOKS)[]

export function AccessKeyTable({ keys }: { keys: AccessKey[] | undefined }) {
  const t = useTranslations('accessKeys')
  const [action, setAction] = useState<AccessKeyAction>()
  return (
    <>
      <Table aria-label={t('yours')} aria-busy={!keys} className="table-fixed">
        <TableHead>
          <tr>
            {COLUMNS.map((column) => (
              <HeaderCell key={column} className={LOOKS[column]}>
                {t(`columns.${column}`)}
              </HeaderCell>
            ))}
            <HeaderCell className="w-14">
              <span className="sr-only">{t('actions')}</span>
            </HeaderCell>
          </tr>
        </TableHead>
        <tbody>
          {keys ? (
            keys.map((key) => <KeyRow key={key.accessKeyId} accessKey={key} onAction={setAction} />)
          ) : (
            <LoadingRows />
          )}
        </tbody>
      </Table>
      <AccessKeyConfirm action={action} onClose={() => setAction(undefined)} />
    </>
  )
}

function KeyRow({
  accessKey,
  onAction,
}: {
  accessKey: AccessKey
  onAction: (action: AccessKeyAction) => void
}) {
  const t = useTranslations()
  const { accessKeyId, description, state, createdAt, lastUsedAt } = accessKey
  return (
    <Row>
      <Cell className="h-15!">
        <span className="block truncate font-medium" title={description}>
          {description || <span className="text-faint font-normal">{t('accessKeys.noDescription')}</span>}
        </span>
        <span className="text-muted flex items-center gap-1">
          <span className="truncate font-mono text-xs">{accessKeyId}</span>
          <CopyButton
            text={accessKeyId}
            label={t('accessKeys.copyId', { id: accessKeyId })}
            copiedLabel={t('common.copied')}
            className="-my-1 size-6!"
          />
        </span>
      </Cell>
      <Cell className={LOOKS.state}>
        <Badge tone={state === 'Active' ? 'accent' : 'neutral'}>{t(`accessKeys.states.${state}`)}</Badge>
      </Cell>
      <Cell className={`${LOOKS.createdAt} text-muted`}>
        <Timestamp at={createdAt} />
      </Cell>
      <Cell className={`${LOOKS.lastUsedAt} text-muted`}>
        {lastUsedAt === undefined ? t('accessKeys.neverUsed') : <Timestamp at={lastUsedAt} />}
      </Cell>
      <Cell className="text-right">
        <KeyMenu accessKey={accessKey} onAction={onAction} />
      </Cell>
    </Row>
  )
}

function KeyMenu({
  accessKey,
  onAction,
}: {
  accessKey: AccessKey
  onAction: (action: AccessKeyAction) => void
}) {
  const t = useTranslations('accessKeys')
  const setState = useSetAccessKeyState()
  return (
    <Menu
      trigger={
        <Button variant="quiet" size="icon-sm" aria-label={t('actionsFor', { id: accessKey.accessKeyId })}>
          <Ellipsis aria-hidden />
        </Button>
      }
    >
      {accessKey.state === 'Active' ? (
        <MenuItem icon={<PowerOff aria-hidden />} onClick={() => onAction({ kind: 'deactivate', accessKey })}>
          {t('deactivate')}
        </MenuItem>
      ) : (
        <MenuItem
          icon={<Power aria-hidden />}
          onClick={() => setState.mutate({ accessKeyId: accessKey.accessKeyId, state: 'Active' })}
        >
          {t('activate')}
        </MenuItem>
      )}
      <MenuSeparator />
      <MenuItem danger icon={<Trash2 aria-hidden />} onClick={() => onAction({ kind: 'delete', accessKey })}>
        {t('delete')}
      </MenuItem>
    </Menu>
  )
}

function LoadingRows() {
  return [1, 2].map((row) => (
    <Row key={row}>
      {COLUMNS.map((column) => (
        <Cell key={column} className={`${LOOKS[column]} ${column === 'id' ? 'h-15!' : ''}`}>
          <Skeleton className="w-24" />
        </Cell>
      ))}
      <Cell />
    </Row>
  ))
}
