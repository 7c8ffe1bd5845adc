'use client'
import { useQuery } from '@tanstack/react-query'
import { Check, Minus, ShieldQuestion } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { ErrorNotice } from '@/components/shell/error-notice'
import { SectionCard } from '@/components/ui/card'
import { cx } from '@/components/ui/cx'
import { Skeleton } from '@/components/ui/skeleton'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import { rolesQuery } from '@/lib/console/queries/members'
import { ABILITIES, isAble, type Ability } from '@/lib/console/role-abilities'
import { roleSchema, type Role, type RoleTable } from '@/lib/console/schemas-members'
import { RoleActions } from './role-actions'

const ROLES = roleSchema.options

/** Which role may do what, read from the policies that the server judges by. */
export function RolesCard({ own }: { own: Role }) {
  const t = useTranslations('members')
  const table = useQuery(rolesQuery())
  return (
    <SectionCard
      id="roles"
      title={t('roles.title')}
      icon={<ShieldQuestion aria-hidden />}
      description={t('roles.description')}
      flush
    >
      {table.isError ? (
        <ErrorNotice error={table.error} onRetry={() => void table.refetch()} className="m-4" />
      ) : (
        <>
          <div
            role="region"
            aria-labelledby="roles"
            tabIndex={0}
            className="overflow-x-auto focus-visible:-outline-offset-2"
          >
            <AbilityTable own={own} roles={table.data?.roles} />
          </div>
          <RoleActions roles={table.data?.roles ?? []} />
        </>
      )}
    </SectionCard>
  )
}

function AbilityTable({ own, roles }: { own: Role; roles: RoleTable['roles'] | undefined }) {
  const t = useTranslations()
  return (
    <Table aria-labelledby="roles" aria-busy={!roles} className="min-w-170 table-fixed">
      <TableHead>
        <tr>
          <HeaderCell className="sticky left-0">{t('members.roles.ability')}</HeaderCell>
          {ROLES.map((role) => (
            <HeaderCell key={role} className={cx('w-26 text-center!', role === own && 'text-accent-ink!')}>
              {t(`shell.roles.${role}`)}
            </HeaderCell>
          ))}
        </tr>
      </TableHead>
      <tbody>
        {(Object.keys(ABILITIES) as Ability[]).map((ability) => (
          <Row key={ability}>
            <th
              scope="row"
              className="border-line bg-surface group-hover/row:bg-hover sticky left-0 h-9 border-b px-4 py-1.5 text-left font-normal group-last/row:border-b-0"
            >
              {t(`members.abilities.${ability}`)}
            </th>
            {ROLES.map((role) => {
              const policy = roles?.find((one) => one.role === role)
              return (
                <Cell key={role} className={cx('h-9! text-center', role === own && 'bg-accent-soft')}>
                  {policy ? <Answer able={isAble(policy, ability)} /> : <Skeleton className="mx-auto w-4" />}
                </Cell>
              )
            })}
          </Row>
        ))}
      </tbody>
    </Table>
  )
}

function Answer({ able }: { able: boolean }) {
  const t = useTranslations('members.roles')
  return (
    <>
      {able ? (
        <Check aria-hidden className="text-accent-ink inline size-4" strokeWidth={2.5} />
      ) : (
        <Minus aria-hidden className="text-faint inline size-4" />
      )}
      <span className="sr-only">{t(able ? 'may' : 'mayNot')}</span>
    </>
  )
}
