'use client'
import { Filter } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { inputClass } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { useKeyTitle } from '@/components/keys/key-title'
import { AUDIT_RESULTS } from '@/lib/console/schemas-audit'
import { fieldsInUse, PERIODS, type AuditSearch } from './audit-filter'
import { KNOWN_ACTIONS } from './known-actions'
import { LabelledInput } from './labelled-input'
import { useNames } from './use-names'

export interface AuditSearchFormProps {
  search: AuditSearch
  onChange: (part: Partial<AuditSearch>) => void
}

/** The questions asked most stand in one row; the rest opens below. */
export function AuditSearchForm({ search, onChange }: AuditSearchFormProps) {
  const t = useTranslations('audit.search')
  const inUse = fieldsInUse(search)
  const [open, setOpen] = useState(search.keyId !== '' || search.accessKeyId !== '' || search.object !== '')
  return (
    <div role="search" aria-label={t('label')} className="flex flex-col gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <Select
          label={t('period')}
          value={search.period}
          onChange={(period) => onChange({ period })}
          options={PERIODS.map((value) => ({ value, label: t(`periods.${value}`) }))}
          className="w-40"
        />
        {search.period === 'range' && <Days search={search} onChange={onChange} />}
        <ActionField search={search} onChange={onChange} />
        <Select
          label={t('result')}
          value={search.result}
          onChange={(result) => onChange({ result })}
          options={AUDIT_RESULTS.map((value) => ({ value, label: t(`results.${value}`) }))}
          className="w-36"
        />
        <Button aria-expanded={open} onClick={() => setOpen(!open)}>
          <Filter aria-hidden />
          {t('more')}
          {inUse > 0 && <span className="text-accent-ink tabular-nums">({inUse})</span>}
        </Button>
      </div>
      {open && <MoreFields search={search} onChange={onChange} />}
    </div>
  )
}

function Days({ search, onChange }: AuditSearchFormProps) {
  const t = useTranslations('audit.search')
  return (
    <>
      <input
        type="date"
        aria-label={t('from')}
        title={t('from')}
        value={search.fromDay}
        max={search.toDay || undefined}
        onChange={(event) => onChange({ fromDay: event.target.value })}
        className={`${inputClass} w-36!`}
      />
      <input
        type="date"
        aria-label={t('to')}
        title={t('to')}
        value={search.toDay}
        min={search.fromDay || undefined}
        onChange={(event) => onChange({ toDay: event.target.value })}
        className={`${inputClass} w-36!`}
      />
    </>
  )
}

function ActionField({ search, onChange }: AuditSearchFormProps) {
  const t = useTranslations('audit.search')
  const list = useId()
  return (
    <span className="min-w-48 flex-1">
      <input
        type="search"
        list={list}
        aria-label={t('action')}
        placeholder={t('actionPlaceholder')}
        value={search.action}
        onChange={(event) => onChange({ action: event.target.value })}
        autoComplete="off"
        spellCheck={false}
        className={inputClass}
      />
      <datalist id={list}>
        {KNOWN_ACTIONS.map((action) => (
          <option key={action} value={action} />
        ))}
      </datalist>
    </span>
  )
}

function MoreFields({ search, onChange }: AuditSearchFormProps) {
  const t = useTranslations('audit.search')
  const { members, keys } = useNames()
  const titleOf = useKeyTitle()
  return (
    <div className="rounded-card border-line bg-surface grid gap-3 border p-3 sm:grid-cols-2 xl:grid-cols-4">
      <Picker
        label={t('person')}
        value={search.userId}
        onChange={(userId) => onChange({ userId })}
        options={members.map(({ userId, name }) => ({ value: userId, label: name }))}
      />
      <Picker
        label={t('key')}
        value={search.keyId}
        onChange={(keyId) => onChange({ keyId })}
        options={keys.map((key) => ({ value: key.keyId, label: titleOf(key) }))}
      />
      <LabelledInput
        label={t('accessKey')}
        value={search.accessKeyId}
        onChange={(accessKeyId) => onChange({ accessKeyId })}
        placeholder="CFR…"
      />
      <LabelledInput
        label={t('object')}
        value={search.object}
        onChange={(object) => onChange({ object })}
        placeholder={t('objectPlaceholder')}
      />
    </div>
  )
}

const ANY = 'any'

function Picker({
  label,
  value,
  onChange,
  options,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  options: { value: string; label: string }[]
}) {
  const t = useTranslations('audit.search')
  // A key or person that is asked for by address, and is not listed here (any more).
  const unlisted = value !== '' && !options.some((option) => option.value === value)
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <span className="text-muted text-xs">{label}</span>
      <Select
        label={label}
        value={value || ANY}
        onChange={(next) => onChange(next === ANY ? '' : next)}
        options={[
          { value: ANY, label: t('any') },
          ...(unlisted ? [{ value, label: `${value.slice(0, 8)}…` }] : []),
          ...options,
        ]}
      />
    </div>
  )
}
