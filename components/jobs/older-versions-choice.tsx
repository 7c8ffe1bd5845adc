'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useId } from 'react'
import { Checkbox } from '@/components/ui/checkbox'
import { bucketsQuery } from '@/lib/console/queries/buckets'
import type { JobSelection } from '@/lib/console/schemas-jobs'

/** Whether a job takes older versions along: everything under a key unless it says no, anything else if it says so. */
export function includesOlder(selection: JobSelection): boolean {
  return selection.kind === 'key' ? selection.versions !== 'current' : selection.versions === 'all'
}

export interface OlderVersionsChoiceProps {
  project: string
  selection: JobSelection
  onChange: (selection: JobSelection) => void
  disabled: boolean
}

/** Asked only where a chosen bucket keeps older versions, or kept them. */
export function OlderVersionsChoice({ project, selection, onChange, disabled }: OlderVersionsChoiceProps) {
  const t = useTranslations('jobs.withOlder')
  const hint = useId()
  const buckets = useQuery(bucketsQuery(project)).data?.buckets ?? []
  const chosen = 'bucket' in selection ? buckets.filter(({ name }) => name === selection.bucket) : buckets
  if (chosen.every(({ versioning }) => versioning === undefined)) return null
  return (
    <label className="flex items-start gap-2.5 text-sm">
      <Checkbox
        checked={includesOlder(selection)}
        disabled={disabled}
        onChange={(checked) => onChange({ ...selection, versions: checked ? 'all' : 'current' })}
        aria-describedby={hint}
      />
      <span className="min-w-0">
        <span className="block font-medium">{t('include')}</span>
        <span id={hint} className="text-muted block text-xs text-pretty">
          {t('hint')}
        </span>
      </span>
    </label>
  )
}
