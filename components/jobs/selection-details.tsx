'use client'
import { File, Filter, Folder, History } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { JobSelection, ShownSelection } from '@/lib/console/schemas-jobs'
import { useSelectionWords } from './use-selection-words'

const NAMED = 4

interface SelectionDetailsProps {
  selection: JobSelection | ShownSelection
  /** they are asked beside it */
  withoutVersions?: boolean
}

/** The first of the chosen names, or what the filter narrows; nothing where the title says it all. */
export function SelectionDetails({ selection, withoutVersions }: SelectionDetailsProps) {
  const t = useTranslations('jobs')
  const words = useSelectionWords()(selection)
  const { details } = words
  const versions = withoutVersions ? undefined : words.versions
  if (details.length === 0 && versions === undefined) return null
  const total =
    selection.kind === 'keys' && 'count' in selection
      ? selection.count + (selection.prefixes?.length ?? 0)
      : details.length
  const shown = details.slice(0, NAMED)
  return (
    <ul className="rounded-control border-line bg-sunken flex flex-col gap-1.5 border px-3 py-2.5 text-sm">
      {shown.map((name) => (
        <li key={name} className="flex min-w-0 items-center gap-2">
          <Sign of={selection.kind} name={name} />
          <span className={selection.kind === 'filter' ? 'min-w-0 wrap-anywhere' : 'truncate'}>{name}</span>
        </li>
      ))}
      {total > shown.length && (
        <li className="text-muted">{t('andMore', { count: total - shown.length })}</li>
      )}
      {versions && (
        <li className="flex min-w-0 items-center gap-2">
          <History aria-hidden className="text-accent-ink size-4 shrink-0" />
          {versions}
        </li>
      )}
    </ul>
  )
}

function Sign({ of: kind, name }: { of: string; name: string }) {
  if (kind === 'filter') return <Filter aria-hidden className="text-accent-ink size-4 shrink-0" />
  if (name.endsWith('/')) return <Folder aria-hidden className="text-accent-ink size-4 shrink-0" />
  return <File aria-hidden className="text-faint size-4 shrink-0" />
}
