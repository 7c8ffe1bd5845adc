'use client'
import { Download, FileJson2, Sheet } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { Menu, MenuHeading, MenuLink } from '@/components/ui/menu'
import { projectEndpoints } from '@/lib/console/paths'
import { AUDIT_FORMATS, type AuditFilter } from '@/lib/console/schemas-audit'

const ICONS = { ndjson: FileJson2, csv: Sheet }

/** What the search shows, as a file. */
export function ExportMenu({ filter, disabled }: { filter: AuditFilter; disabled: boolean }) {
  const t = useTranslations('audit.export')
  const { projectId } = useProject()
  const api = projectEndpoints(projectId)
  return (
    <Menu
      trigger={
        <Button variant="primary" disabled={disabled}>
          <Download aria-hidden />
          {t('action')}
        </Button>
      }
    >
      <MenuHeading>{t('what')}</MenuHeading>
      {AUDIT_FORMATS.map((format) => {
        const Icon = ICONS[format]
        return (
          <MenuLink
            key={format}
            icon={<Icon aria-hidden />}
            render={<a href={api.auditExport({ ...filter, format })} download={`audit.${format}`} />}
          >
            {t(`formats.${format}`)}
          </MenuLink>
        )
      })}
    </Menu>
  )
}
