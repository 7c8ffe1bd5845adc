'use client'
import { Ellipsis, FileJson2, LogOut, UserCog, UserMinus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Timestamp } from '@/components/shell/timestamp'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu'
import { Skeleton } from '@/components/ui/skeleton'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import type { Member, MemberList } from '@/lib/console/schemas-members'
import { ChangeRoleDialog } from './change-role-dialog'
import { MemberPolicyDialog } from './member-policy-dialog'
import { RemoveMemberDialog } from './remove-member-dialog'
import { RoleBadge } from './role-badge'

const LOOKS = {
  name: '',
  role: 'w-52 @max-md:w-36',
  accessKeys: 'w-28 text-right @max-2xl:hidden',
  lastUsed: 'w-48 @max-4xl:hidden',
}
const COLUMNS = Object.keys(LOOKS) as (keyof typeof LOOKS)[]

type Act = { kind: 'role' | 'policy' | 'remove'; member: Member }

export function MemberTable({ list }: { list: MemberList | undefined }) {
  const t = useTranslations('members')
  const [act, setAct] = useState<Act>()
  const close = () => setAct(undefined)
  const target = (kind: Act['kind']) => (act?.kind === kind ? act.member : undefined)
  return (
    <>
      <Table aria-label={t('people')} aria-busy={!list} className="table-fixed">
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
          {list ? (
            list.members.map((member) => <MemberRow key={member.userId} member={member} onAct={setAct} />)
          ) : (
            <LoadingRows />
          )}
        </tbody>
      </Table>
      <ChangeRoleDialog member={target('role')} roles={list?.assignableRoles ?? []} onClose={close} />
      <MemberPolicyDialog member={target('policy')} onClose={close} />
      <RemoveMemberDialog member={target('remove')} onClose={close} />
    </>
  )
}

interface MemberProps {
  member: Member
  onAct: (act: Act) => void
}

function MemberRow({ member, onAct }: MemberProps) {
  const t = useTranslations('members')
  const { name, email, role, isYou, policy, accessKeys, lastUsedAt } = member
  return (
    <Row>
      <Cell className="h-15!">
        <span className="flex min-w-0 items-center gap-3">
          <span
            aria-hidden
            className="bg-accent-soft text-accent-ink grid size-8 shrink-0 place-items-center rounded-full text-xs font-semibold @max-md:hidden"
          >
            {[...name][0]?.toUpperCase()}
          </span>
          <span className="min-w-0">
            <span className="flex items-center gap-2">
              <span className="truncate font-medium">{name}</span>
              {isYou && <Badge>{t('you')}</Badge>}
            </span>
            <span className="text-muted block truncate text-xs" title={email}>
              {email}
            </span>
          </span>
        </span>
      </Cell>
      <Cell className={LOOKS.role}>
        <span className="flex flex-wrap items-center gap-1.5">
          <RoleBadge role={role} />
          {policy !== undefined && (
            <Badge tone="info" icon={<FileJson2 aria-hidden />}>
              <span title={t('hasPolicyHint')}>{t('hasPolicy')}</span>
            </Badge>
          )}
        </span>
      </Cell>
      <Cell className={`${LOOKS.accessKeys} tabular-nums`}>{accessKeys}</Cell>
      <Cell className={`${LOOKS.lastUsed} text-muted`}>
        {lastUsedAt === undefined ? t('neverUsed') : <Timestamp at={lastUsedAt} />}
      </Cell>
      <Cell className="text-right">
        <MemberMenu member={member} onAct={onAct} />
      </Cell>
    </Row>
  )
}

/** Only what is possible: what somebody may not do to this member is not offered. */
function MemberMenu({ member, onAct }: MemberProps) {
  const t = useTranslations('members')
  const { name, isYou, manageable, role, policy } = member
  const mayWritePolicy = manageable && !isYou && role !== 'owner'
  if (!manageable && !isYou) return null
  return (
    <Menu
      trigger={
        <Button variant="quiet" size="icon-sm" aria-label={t('actionsFor', { name })}>
          <Ellipsis aria-hidden />
        </Button>
      }
    >
      {manageable && (
        <MenuItem icon={<UserCog aria-hidden />} onClick={() => onAct({ kind: 'role', member })}>
          {t('changeRole')}
        </MenuItem>
      )}
      {(mayWritePolicy || policy !== undefined) && (
        <MenuItem icon={<FileJson2 aria-hidden />} onClick={() => onAct({ kind: 'policy', member })}>
          {t(mayWritePolicy ? 'editPolicy' : 'viewPolicy')}
        </MenuItem>
      )}
      {manageable && <MenuSeparator />}
      <MenuItem
        danger
        icon={isYou ? <LogOut aria-hidden /> : <UserMinus aria-hidden />}
        onClick={() => onAct({ kind: 'remove', member })}
      >
        {t(isYou ? 'leave' : 'remove')}
      </MenuItem>
    </Menu>
  )
}

function LoadingRows() {
  return [1, 2, 3].map((row) => (
    <Row key={row}>
      {COLUMNS.map((column) => (
        <Cell key={column} className={`${LOOKS[column]} ${column === 'name' ? 'h-15!' : ''}`}>
          <Skeleton className="w-24" />
        </Cell>
      ))}
      <Cell />
    </Row>
  ))
}
