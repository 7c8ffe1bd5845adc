'use client'
import { useMutation } from '@tanstack/react-query'
import { ChevronsUpDown, FolderKanban, FolderPlus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Menu, MenuChoice, MenuHeading, MenuItem, MenuSeparator } from '@/components/ui/menu'
import { chooseProject } from '@/lib/console/client'
import { inProject, pages } from '@/lib/console/paths'
import { CreateProjectDialog } from './create-project-dialog'
import { useErrorToast } from './error-message'
import { useMe } from './me'

export function ProjectSwitcher() {
  const t = useTranslations('shell')
  const { project, projects } = useMe()
  const [creating, setCreating] = useState(false)
  const choose = useMutation({
    mutationFn: chooseProject,
    onError: useErrorToast(),
    // a whole new page: nothing of the old project stays behind, and none of its addresses is asked for again
    onSuccess: (_, projectId) => window.location.assign(inProject(pages.buckets(), projectId)),
  })
  return (
    <>
      <Menu
        align="start"
        trigger={
          <Button
            variant="quiet"
            busy={choose.isPending || choose.isSuccess}
            aria-label={t('projectIs', { name: project?.name ?? t('noProject') })}
            className="min-w-0 shrink! px-2.5!"
          >
            <FolderKanban aria-hidden className="text-faint" />
            <span className="text-ink max-w-48 truncate">{project?.name ?? t('noProject')}</span>
            <ChevronsUpDown aria-hidden className="text-faint size-3.5!" />
          </Button>
        }
      >
        <MenuHeading>{t('switchProject')}</MenuHeading>
        <MenuChoice
          value={project?.projectId ?? ''}
          onChange={(projectId) => projectId !== project?.projectId && choose.mutate(projectId)}
          options={projects.map(({ projectId, name, role }) => ({
            value: projectId,
            label: (
              <>
                <span className="block">{name}</span>
                <span className="text-faint block text-xs">{t(`roles.${role}`)}</span>
              </>
            ),
          }))}
        />
        <NewProject onClick={() => setCreating(true)} />
      </Menu>
      <CreateProjectDialog open={creating} onClose={() => setCreating(false)} />
    </>
  )
}

/** Projects are made by administrators of this Coffer; nobody else is offered it. */
function NewProject({ onClick }: { onClick: () => void }) {
  const t = useTranslations('members.project')
  const { user } = useMe()
  if (!user.isAdministrator) return null
  return (
    <>
      <MenuSeparator />
      <MenuItem icon={<FolderPlus aria-hidden />} onClick={onClick}>
        {t('new')}
      </MenuItem>
    </>
  )
}
