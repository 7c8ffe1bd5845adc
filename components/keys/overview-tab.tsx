'use client'
import { useQuery } from '@tanstack/react-query'
import { useProject } from '@/components/shell/me'
import { keyAccessQuery } from '@/lib/console/queries/keys'
import type { KeyDetail } from '@/lib/console/schemas-keys'
import { DependentsCard } from './dependents-card'
import { SummaryCard } from './summary-card'
import { TagsCard } from './tags-card'
import { VersionsCard } from './versions-card'

export function OverviewTab({ of: key }: { of: KeyDetail }) {
  const { projectId } = useProject()
  // asked for early: the menu and the next tab need it
  useQuery(keyAccessQuery(projectId, key.keyId))
  return (
    <div className="grid items-start gap-5 xl:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-5">
        <SummaryCard of={key} />
        {key.tags && <TagsCard of={key} tags={key.tags} />}
      </div>
      <div className="flex min-w-0 flex-col gap-5">
        {key.radius && <DependentsCard keyId={key.keyId} radius={key.radius} />}
        {key.rotations && <VersionsCard of={key} rotations={key.rotations} />}
      </div>
    </div>
  )
}
