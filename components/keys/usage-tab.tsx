'use client'
import { useQuery } from '@tanstack/react-query'
import { Activity, ChartColumn, Users } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { SectionCard } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { keyUsageQuery } from '@/lib/console/queries/keys'
import type { KeyDetail, KeyUsage } from '@/lib/console/schemas-keys'
import { CallsTable } from './calls-table'
import { CHART_HEIGHT, UsageChart } from './usage-chart'

/** How often the key is used: what an outside key service would send a bill for. */
export function UsageTab({ of: key }: { of: KeyDetail }) {
  const t = useTranslations('keys.usage')
  const { projectId } = useProject()
  const usage = useQuery(keyUsageQuery(projectId, key.keyId))
  if (usage.isError) return <ErrorNotice error={usage.error} onRetry={() => void usage.refetch()} />
  return (
    <>
      <SectionCard
        id="key-usage"
        title={t('title')}
        icon={<ChartColumn aria-hidden />}
        description={t('description')}
      >
        {usage.data ? <Calls of={usage.data} /> : <Loading />}
      </SectionCard>
      {usage.data && usage.data.actions.length > 0 && (
        <div className="grid items-start gap-5 xl:grid-cols-2">
          <SectionCard id="key-usage-members" title={t('byMember')} icon={<Users aria-hidden />} flush>
            <CallsTable
              label={t('byMember')}
              column={t('member')}
              rows={usage.data.members.map(({ userId, name, ...calls }) => ({
                ...calls,
                key: userId,
                // nobody: the service's own work, such as rotations by the clock
                name: userId === '' ? t('itself') : (name ?? t('former')),
              }))}
            />
          </SectionCard>
          <SectionCard id="key-usage-actions" title={t('byAction')} icon={<Activity aria-hidden />} flush>
            <CallsTable
              label={t('byAction')}
              column={t('action')}
              rows={usage.data.actions.map(({ action, ...calls }) => ({
                ...calls,
                key: action,
                name: action,
              }))}
            />
          </SectionCard>
        </div>
      )}
    </>
  )
}

function Calls({ of: usage }: { of: KeyUsage }) {
  const t = useTranslations('keys.usage')
  const format = useFormatter()
  const denied = usage.days.reduce((sum, day) => sum + day.denied, 0)
  const calls = usage.days.reduce((sum, day) => sum + day.calls, 0)
  const figures = [
    { label: t('inDays', { days: usage.days.length }), value: calls },
    { label: t('deniedCalls'), value: denied },
    { label: t('thisMonth'), value: usage.month.calls },
    { label: t('expected'), value: usage.month.expected },
  ]
  return (
    <div className="flex flex-col gap-5">
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
        {figures.map(({ label, value }) => (
          <div key={label}>
            <dt className="text-muted text-xs">{label}</dt>
            <dd className="text-lg font-semibold tabular-nums">{format.number(value)}</dd>
          </div>
        ))}
      </dl>
      <UsageChart days={usage.days} />
    </div>
  )
}

function Loading() {
  return (
    <div aria-busy className="flex flex-col gap-5">
      <div className="grid h-11 grid-cols-4 gap-4">
        {[1, 2, 3, 4].map((figure) => (
          <Skeleton key={figure} className="h-10! w-24" />
        ))}
      </div>
      <div style={{ height: CHART_HEIGHT + 56 }} />
    </div>
  )
}
