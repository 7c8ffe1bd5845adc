'use client'
import { useQuery } from '@tanstack/react-query'
import { LockOpen, ShieldCheck } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Link } from '@/components/shell/link'
import { buttonClass } from '@/components/ui/button-class'
import { ModifyEncryptionButton } from '@/components/jobs/modify-encryption-button'
import { useProject } from '@/components/shell/me'
import { everyVersion } from '@/lib/console/object-filter'
import { pages } from '@/lib/console/paths'
import { bucketQuery } from '@/lib/console/queries/buckets'
import { coverageQuery } from '@/lib/console/queries/coverage'
import type { Coverage } from '@/lib/console/schemas-coverage'
import { CoverageBar } from './coverage-bar'
import { filterOfShare } from './coverage-looks'

export interface CoverageOfFolderProps {
  bucket: string
  /** ends with '/'; '' is the bucket */
  prefix: string
}

/** How much of a bucket or folder is encrypted, above its files. Says nothing where nothing lies. */
export function CoverageOfFolder({ bucket, prefix }: CoverageOfFolderProps) {
  const t = useTranslations('coverage')
  const { projectId } = useProject()
  const { data } = useQuery(coverageQuery(projectId, bucket, prefix))
  const facts = useQuery(bucketQuery(projectId, bucket)).data
  // The list below says why nothing can be seen; here only what is known.
  if (!data || data.objects === 0) return null
  return (
    <section
      aria-label={prefix ? t('ofFolder') : t('ofBucket')}
      className="flex flex-wrap items-start gap-x-6 gap-y-3 px-6 pt-4"
    >
      <div className="min-w-64 flex-1 pt-1">
        <CoverageBar
          coverage={data}
          hrefOf={(share) => pages.bucket(bucket, prefix, filterOfShare(share, facts))}
        />
      </div>
      <Plaintext bucket={bucket} prefix={prefix} coverage={data} />
    </section>
  )
}

/** What is left to do, one click from seeing it and one from doing it. */
function Plaintext({ bucket, prefix, coverage }: CoverageOfFolderProps & { coverage: Coverage }) {
  const t = useTranslations('coverage')
  const { projectId } = useProject()
  const facts = useQuery(bucketQuery(projectId, bucket)).data
  const rule = facts?.encryption
  const plaintext = { modes: ['none' as const], ...everyVersion(facts) }
  const count = coverage.plaintextObjects
  if (count === 0) {
    return (
      <p className="text-accent-ink flex items-center gap-1.5 text-sm font-medium">
        <ShieldCheck aria-hidden className="size-4" />
        {t('allEncrypted')}
      </p>
    )
  }
  return (
    <div className="flex flex-wrap items-center gap-2">
      <p className="mr-1 flex items-center gap-1.5 text-sm font-medium tabular-nums">
        <LockOpen aria-hidden className="text-warning-ink size-4" />
        {t('plaintext', { count })}
      </p>
      <Link href={pages.bucket(bucket, prefix, plaintext)} className={buttonClass('secondary', 'sm')}>
        {t('show')}
      </Link>
      <ModifyEncryptionButton
        size="sm"
        selection={{ kind: 'filter', bucket, ...(prefix && { prefix }), ...plaintext }}
        {...(rule && rule.kind !== 'none' && { target: rule })}
      >
        {t('encrypt')}
      </ModifyEncryptionButton>
    </div>
  )
}
