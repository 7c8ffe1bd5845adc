'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState, type InputHTMLAttributes, type ReactNode } from 'react'
import { SUITE_NAMES } from '@/components/encryption/suites'
import { useKeyTitle } from '@/components/keys/key-title'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { inputClass } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import type { ObjectFilter } from '@/lib/console/object-filter'
import { keyNamesQuery } from '@/lib/console/queries/keys'
import { draftOf, filterOf, MODES, VERSION_SCOPES, type FilterDraft } from './filter-draft'

export interface FilterFormProps {
  filter: ObjectFilter
  /** the bucket keeps older versions, or kept them */
  hasVersions: boolean
  onChange: (filter: ObjectFilter) => void
}

interface FieldsProps {
  draft: FilterDraft
  change: (part: Partial<FilterDraft>) => void
}

/** Everything a list of files can be narrowed by; it takes effect when it is submitted. */
export function FilterForm({ filter, hasVersions, onChange }: FilterFormProps) {
  const t = useTranslations('filter')
  const [draft, setDraft] = useState(draftOf(filter))
  const fields: FieldsProps = { draft, change: (part) => setDraft({ ...draft, ...part }) }
  return (
    <form
      aria-label={t('label')}
      className="rounded-card border-line bg-surface flex flex-col gap-3 border p-3"
      onSubmit={(event) => {
        event.preventDefault()
        onChange(filterOf(draft))
      }}
    >
      <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        <EncryptionFields {...fields} />
        <Pair label={t('size')}>
          <Input label={t('minSize')} type="number" name="minSize" {...fields} />
          <Input label={t('maxSize')} type="number" name="maxSize" {...fields} />
        </Pair>
        <Pair label={t('modified')}>
          <Input label={t('fromDay')} type="date" name="fromDay" max={draft.toDay || undefined} {...fields} />
          <Input label={t('toDay')} type="date" name="toDay" min={draft.fromDay || undefined} {...fields} />
        </Pair>
        <Pair label={t('tag')}>
          <Input label={t('tagKey')} name="tagKey" {...fields} />
          <Input label={t('tagValue')} name="tagValue" {...fields} />
        </Pair>
        {hasVersions && (
          <Labelled label={t('versions')}>
            <Select
              label={t('versions')}
              value={draft.versions}
              onChange={(versions) => fields.change({ versions })}
              options={VERSION_SCOPES.map((value) => ({ value, label: t(`versionScopes.${value}`) }))}
            />
          </Labelled>
        )}
      </div>
      <div className="flex gap-2">
        <Button type="submit" variant="primary" size="sm">
          {t('apply')}
        </Button>
        <Button variant="quiet" size="sm" onClick={() => onChange({})}>
          {t('clear')}
        </Button>
      </div>
    </form>
  )
}

function EncryptionFields({ draft, change }: FieldsProps) {
  const t = useTranslations('filter')
  const modes = useTranslations('jobs.modes')
  const { projectId } = useProject()
  const titleOf = useKeyTitle()
  const keys = useQuery(keyNamesQuery(projectId)).data?.keys ?? []
  const unlisted = draft.keyId !== 'any' && !keys.some(({ keyId }) => keyId === draft.keyId)
  const any = { value: 'any' as const, label: t('any') }
  return (
    <>
      <Labelled label={t('method')}>
        <Select
          label={t('method')}
          value={draft.mode}
          // what is plaintext has neither cipher nor key
          onChange={(mode) => change({ mode, ...(mode === 'none' && { suite: 'any', keyId: 'any' }) })}
          options={[any, ...MODES.map((mode) => ({ value: mode, label: modes(mode) }))]}
        />
      </Labelled>
      <Labelled label={t('algorithm')}>
        <Select
          label={t('algorithm')}
          value={draft.suite}
          onChange={(suite) => change({ suite })}
          options={[
            any,
            ...(['AES256', 'SM4'] as const).map((value) => ({ value, label: SUITE_NAMES[value] })),
          ]}
        />
      </Labelled>
      <Labelled label={t('key')}>
        <Select
          label={t('key')}
          value={draft.keyId}
          onChange={(keyId) => change({ keyId, keyVersionBelow: undefined })}
          options={[
            { ...any, value: 'any' },
            ...(unlisted ? [{ value: draft.keyId, label: `${draft.keyId.slice(0, 8)}…` }] : []),
            ...keys.map((key) => ({ value: key.keyId, label: titleOf(key) })),
          ]}
        />
      </Labelled>
    </>
  )
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <span className="text-muted text-xs">{label}</span>
      {children}
    </div>
  )
}

function Pair({ label, children }: { label: string; children: ReactNode }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className="text-muted mb-1 text-xs">{label}</legend>
      <div className="grid grid-cols-2 gap-2">{children}</div>
    </fieldset>
  )
}

type TextField = 'minSize' | 'maxSize' | 'fromDay' | 'toDay' | 'tagKey' | 'tagValue'
type InputProps = FieldsProps &
  Pick<InputHTMLAttributes<HTMLInputElement>, 'type' | 'min' | 'max'> & { label: string; name: TextField }

function Input({ label, name, draft, change, type = 'text', ...limits }: InputProps) {
  return (
    <input
      {...(type === 'number' && { min: 0, step: 'any' })}
      {...limits}
      type={type}
      aria-label={label}
      title={label}
      placeholder={label}
      value={draft[name]}
      onChange={(event) => change({ [name]: event.target.value })}
      autoComplete="off"
      spellCheck={false}
      className={inputClass}
    />
  )
}
