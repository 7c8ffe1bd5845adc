'use client'
import { FolderKanban } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { ModifyEncryptionProvider } from '@/components/jobs/modify-encryption'
import { RunningJobs } from '@/components/jobs/running-jobs'
import { UploadProvider } from '@/components/objects/upload/uploads'
import { EmptyState } from '@/components/ui/empty-state'
import { pages } from '@/lib/console/paths'
import { LanguageMenu } from './language-menu'
import { Link } from './link'
import { Logo } from './logo'
import { useMe } from './me'
import { ProjectSwitcher } from './project-switcher'
import { Reconnecting } from './reconnecting'
import { SafetyBanner } from './safety-banner'
import { SideNav } from './side-nav'
import { ThemeMenu } from './theme-menu'
import { UserMenu } from './user-menu'

/** The frame of every page behind the sign-in: the page itself scrolls, the frame stays. */
export function Shell({ children }: { children: ReactNode }) {
  const t = useTranslations('shell')
  const { project } = useMe()
  return (
    <UploadProvider>
      <div className="flex h-dvh flex-col">
        <a
          href="#content"
          className="rounded-control bg-accent text-on-accent absolute top-2 left-2 z-50 -translate-y-16 px-3 py-2 text-sm font-medium focus:translate-y-0"
        >
          {t('skip')}
        </a>
        <header className="border-line bg-surface flex h-13 shrink-0 items-center gap-1 border-b pr-3 pl-4">
          <Link href={pages.buckets()} className="rounded-control flex items-center gap-2 pr-1 font-semibold">
            <Logo className="size-7" />
            <span className="text-lg tracking-tight max-sm:sr-only">Coffer</span>
          </Link>
          <span aria-hidden className="bg-line mx-2 h-5 w-px" />
          <ProjectSwitcher />
          <div className="ml-auto flex shrink-0 items-center gap-0.5">
            {project && <RunningJobs key={project.projectId} />}
            <LanguageMenu />
            <ThemeMenu />
            <UserMenu />
          </div>
        </header>
        <Reconnecting />
        <SafetyBanner />
        <div className="flex min-h-0 flex-1 max-md:flex-col">
          <SideNav />
          <main
            id="content"
            tabIndex={-1}
            // relative: words for screen readers, which stand absolute, scroll with the page and do not make it longer
            className="relative flex min-w-0 flex-1 flex-col overflow-y-auto outline-none"
          >
            {/* another project is another world: nothing of the old one may linger in a page's state */}
            {project ? (
              <div key={project.projectId} className="contents">
                <ModifyEncryptionProvider>{children}</ModifyEncryptionProvider>
              </div>
            ) : (
              <NoProject />
            )}
          </main>
        </div>
      </div>
    </UploadProvider>
  )
}

function NoProject() {
  const t = useTranslations()
  const { projects } = useMe()
  // of others than one's own, too, nothing is told: whether there is such a project
  const [title, advice] =
    projects.length === 0
      ? [t('shell.noProject'), t('shell.noProjectAdvice')]
      : [t('errors.NoSuchProject.title'), t('errors.NoSuchProject.advice')]
  return (
    <EmptyState whole icon={<FolderKanban aria-hidden />} title={title}>
      {advice}
    </EmptyState>
  )
}
