'use client'
import { LifeBuoy, RotateCcwKey, Terminal } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useMe } from '@/components/shell/me'
import { PageHeader } from '@/components/shell/page-header'
import { useSafety } from '@/components/shell/safety'
import { SectionCard } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { EmptyState } from '@/components/ui/empty-state'
import { BACKUP_COMMANDS } from './backup-commands'
import { BackupStateCard } from './backup-state-card'

/** Whether the keys would survive the loss of this machine, and the commands that make it so. */
export function BackupPage() {
  const t = useTranslations('backup')
  const { backup } = useSafety()
  const { user } = useMe()
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} />
      {backup === null || !user.isAdministrator ? (
        <EmptyState icon={<LifeBuoy aria-hidden />} title={t('notYoursTitle')}>
          {t('notYoursText')}
        </EmptyState>
      ) : (
        <div className="flex flex-col gap-5 px-6 pb-8">
          <BackupStateCard backup={backup} />
          <SectionCard
            id="backup-commands"
            title={t('commands.title')}
            icon={<Terminal aria-hidden />}
            description={t('commands.description')}
          >
            <Steps />
          </SectionCard>
          <SectionCard
            id="backup-restore"
            title={t('restore.title')}
            icon={<RotateCcwKey aria-hidden />}
            description={t('restore.description')}
          >
            <Command name="restore" />
          </SectionCard>
        </div>
      )}
    </>
  )
}

function Steps() {
  const t = useTranslations('backup.commands')
  return (
    <ol className="flex flex-col gap-5">
      <li>
        <Command name="make" step={1} />
        <p className="text-muted mt-3 mb-1.5 text-sm">{t('split')}</p>
        <Block name="split" />
      </li>
      <li>
        <p className="text-sm font-medium">
          <span className="tabular-nums">2. </span>
          {t('carry')}
        </p>
        <p className="text-muted mt-0.5 text-sm">{t('carryHint')}</p>
      </li>
      <li>
        <Command name="verify" step={3} />
      </li>
    </ol>
  )
}

function Command({ name, step }: { name: 'make' | 'verify' | 'restore'; step?: number }) {
  const t = useTranslations('backup.commands')
  return (
    <>
      <p className="text-sm font-medium">
        {step !== undefined && <span className="tabular-nums">{step}. </span>}
        {t(name)}
      </p>
      <p className="text-muted mt-0.5 mb-1.5 text-sm">{t(`${name}Hint`)}</p>
      <Block name={name} />
    </>
  )
}

function Block({ name }: { name: keyof typeof BACKUP_COMMANDS }) {
  const t = useTranslations()
  return (
    <CodeBlock
      code={BACKUP_COMMANDS[name]}
      label={t(`backup.commands.${name}`)}
      copyLabel={t('backup.commands.copy')}
      copiedLabel={t('common.copied')}
    />
  )
}
