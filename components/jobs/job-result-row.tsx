'use client'
import { CircleCheck, CircleMinus, CircleX, KeyRound, type LucideIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useKeyName } from '@/components/encryption/encryption-badge'
import { shortVersionId } from '@/components/objects/older-version-badge'
import { useExplain } from '@/components/shell/error-message'
import { Link } from '@/components/shell/link'
import { Timestamp } from '@/components/shell/timestamp'
import { useBytes } from '@/components/shell/use-bytes'
import { Badge, type BadgeTone } from '@/components/ui/badge'
import { Cell, Row } from '@/components/ui/table'
import { ApiError } from '@/lib/console/client'
import { pages } from '@/lib/console/paths'
import type { JobOutcome, JobResult } from '@/lib/console/schemas-jobs'

export const RESULT_LOOKS = {
  object: '',
  outcome: 'w-72 @max-lg:w-56 @max-md:w-44',
  before: 'w-48 @max-3xl:hidden',
  size: 'w-24 text-right @max-2xl:hidden',
  at: 'w-46 @max-5xl:hidden',
}
export const RESULT_COLUMNS = Object.keys(RESULT_LOOKS) as (keyof typeof RESULT_LOOKS)[]

export interface JobResultRowProps {
  result: JobResult
  rowIndex: number
  /** the bucket is not the same for all, so each row names it */
  manyBuckets: boolean
}

/** One object: what became of it, and why not if it did not. */
export function JobResultRow({ result, rowIndex, manyBuckets }: JobResultRowProps) {
  const t = useTranslations('object')
  const bytes = useBytes()
  // what was written while its bucket kept no versions has no id of its own
  const version = result.versionId === 'null' ? undefined : result.versionId
  const name = `${result.bucket}/${result.key}`
  return (
    <Row aria-rowindex={rowIndex}>
      <Cell>
        <span className="flex min-w-0 items-baseline gap-2">
          <Link
            href={pages.object(result.bucket, result.key, version)}
            title={name}
            className="hover:text-accent-ink block truncate rounded-xs font-medium"
          >
            {manyBuckets && <span className="text-muted font-normal">{result.bucket}/</span>}
            {result.key}
          </Link>
          {version !== undefined && (
            <span className="text-muted shrink-0 font-mono text-xs" title={`${t('versionId')}: ${version}`}>
              {shortVersionId(version)}
            </span>
          )}
        </span>
      </Cell>
      <Cell className={RESULT_LOOKS.outcome}>
        <Outcome result={result} />
      </Cell>
      <Cell className={`${RESULT_LOOKS.before} text-muted truncate`}>
        <Before of={result.before} />
      </Cell>
      <Cell className={`${RESULT_LOOKS.size} tabular-nums`}>{bytes(result.size)}</Cell>
      <Cell className={`${RESULT_LOOKS.at} text-muted`}>
        <Timestamp at={result.at} />
      </Cell>
    </Row>
  )
}

const OUTCOME_LOOKS: Record<JobOutcome, { tone: BadgeTone; Icon: LucideIcon }> = {
  rewrapped: { tone: 'accent', Icon: KeyRound },
  rewritten: { tone: 'info', Icon: CircleCheck },
  unchanged: { tone: 'neutral', Icon: CircleMinus },
  failed: { tone: 'danger', Icon: CircleX },
}

function Outcome({ result: { outcome, error } }: { result: JobResult }) {
  const t = useTranslations('jobs.outcomes')
  const explain = useExplain()
  const { tone, Icon } = OUTCOME_LOOKS[outcome]
  const why = error === undefined ? undefined : explain(new ApiError(error)).title
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Badge tone={tone} icon={<Icon aria-hidden />} className="shrink-0">
        {t(outcome)}
      </Badge>
      {why && (
        <span className="line-clamp-2 min-w-0 text-xs whitespace-normal" title={why}>
          {why}
        </span>
      )}
    </span>
  )
}

function Before({ of: { mode, suite, keyId, keyVersion } }: { of: JobResult['before'] }) {
  const t = useTranslations('jobs')
  const keyName = useKeyName()
  const words = [
    t(`modes.${mode}`),
    mode === 'managed-key' && keyId && keyName(keyId),
    suite === 'SM4' && 'SM4',
    keyVersion !== undefined && t('version', { version: keyVersion }),
  ]
  return <>{words.filter(Boolean).join(' · ')}</>
}
