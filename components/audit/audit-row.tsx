'use client'
import { useTranslations } from 'next-intl'
import { Cell, Row } from '@/components/ui/table'
import type { AuditRecord } from '@/lib/console/schemas-audit'
import { AuditTime } from './audit-time'
import { ResultBadge } from './result-badge'
import { useNames } from './use-names'

export const AUDIT_LOOKS = {
  at: 'w-44 @max-md:w-26',
  action: '@4xl:w-60',
  who: 'w-44 @max-2xl:hidden',
  what: '@max-4xl:hidden',
  result: 'w-44 @max-2xl:w-36 @max-md:w-12',
}
export const AUDIT_COLUMNS = Object.keys(AUDIT_LOOKS) as (keyof typeof AUDIT_LOOKS)[]

export interface AuditRowProps {
  record: AuditRecord
  rowIndex: number
  onOpen: (record: AuditRecord) => void
}

/** One record; its action is the button that opens it, and the whole row is its target. */
export function AuditRow({ record, rowIndex, onOpen }: AuditRowProps) {
  const t = useTranslations('audit')
  const { person } = useNames()
  const { at, action, userId, sourceAddress, result, sequence } = record
  return (
    <Row aria-rowindex={rowIndex} className="relative">
      <Cell className={`${AUDIT_LOOKS.at} text-muted whitespace-normal!`}>
        <AuditTime at={at} />
      </Cell>
      <Cell className={AUDIT_LOOKS.action}>
        <button
          type="button"
          aria-label={t('open', { action, sequence })}
          onClick={() => onOpen(record)}
          className="max-w-full truncate rounded-xs font-mono text-xs font-medium after:absolute after:inset-0"
        >
          {action}
        </button>
      </Cell>
      <Cell className={`${AUDIT_LOOKS.who} truncate`}>
        {userId === undefined && sourceAddress !== undefined && record.details['anonymous'] === true
          ? t('anonymous')
          : person(userId)}
        {userId === undefined && sourceAddress === undefined && (
          <span className="sr-only">{t('serverItself')}</span>
        )}
      </Cell>
      <Cell className={`${AUDIT_LOOKS.what} text-muted truncate`} title={subjectOf(record)}>
        {subjectOf(record) || <span className="text-faint">—</span>}
      </Cell>
      <Cell className={AUDIT_LOOKS.result}>
        <ResultBadge result={result} shrinks />
      </Cell>
    </Row>
  )
}

/** The object, else whatever the details name, else the key. */
export function subjectOf({ bucket, objectKey, keyId, details }: AuditRecord): string {
  if (bucket !== undefined) return objectKey === undefined ? bucket : `${bucket}/${objectKey}`
  const named = details['alias'] ?? details['email'] ?? details['name']
  return named === undefined ? (keyId ?? '') : String(named)
}
