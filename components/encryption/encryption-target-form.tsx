'use client'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useMe } from '@/components/shell/me'
import { Badge } from '@/components/ui/badge'
import { Field } from '@/components/ui/field'
import { RadioCards, type RadioCard } from '@/components/ui/radio-cards'
import { Select } from '@/components/ui/select'
import type { Suite } from '@/lib/console/schemas'
import { ContextFields } from './context-fields'
import { useOwnKeyChoices } from './own-keys'
import { CIPHERS, isOwnRule, ruleOf, SUITE_NAMES } from './suites'
import type { TargetDraft, TargetMethod } from './target-draft'

const BADGES: Partial<Record<TargetMethod, string>> = {
  'managed-key': 'SSE-KMS',
  'service-key': 'SSE-S3 · SSE-COS · SSE-OSS',
  'customer-key': 'SSE-C',
}

export interface EncryptionTargetFormProps {
  value: TargetDraft
  onChange: (value: TargetDraft) => void
  /** what can be chosen here, in this order */
  methods: readonly TargetMethod[]
  /** shown where customer-key is chosen: the key is made or given there */
  customerKey?: ReactNode
  disabled?: boolean
}

/** To which encryption an existing object, or many of them, shall be changed. */
export function EncryptionTargetForm({
  value,
  onChange,
  methods,
  customerKey,
  disabled,
}: EncryptionTargetFormProps) {
  const t = useTranslations('encryption.target')
  const change = (part: Partial<TargetDraft>) => onChange({ ...value, ...part })
  const options: RadioCard<TargetMethod>[] = methods.map((method) => ({
    value: method,
    label: t(`methods.${method}.label`),
    description: t(`methods.${method}.description`),
    badge: BADGES[method] && <Badge>{BADGES[method]}</Badge>,
  }))
  return (
    <div className="flex flex-col gap-4">
      <RadioCards
        legend={t('legend')}
        value={value.method}
        onChange={(method) => change({ method })}
        options={options}
        disabled={disabled}
      />
      {value.method === 'managed-key' && (
        <ManagedKeyFields value={value} change={change} disabled={disabled} />
      )}
      {(value.method === 'service-key' || value.method === 'customer-key') && (
        <SuiteField value={value.suite} onChange={(suite) => change({ suite })} disabled={disabled} />
      )}
      {value.method === 'customer-key' && customerKey}
    </div>
  )
}

interface FieldsProps {
  value: TargetDraft
  change: (part: Partial<TargetDraft>) => void
  disabled: boolean | undefined
}

function ManagedKeyFields({ value, change, disabled }: FieldsProps) {
  const keys = useKeyOptions(value)
  const t = useTranslations('encryption.target')
  const own = keys.find((option) => option.value === (value.keyRef ?? ''))?.suite
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('key')}>
          <Select
            value={value.keyRef ?? ''}
            onChange={(keyRef) => {
              const chosen = keys.find((option) => option.value === keyRef)
              change({ keyRef: keyRef || undefined, ...(chosen?.suite && { suite: chosen.suite }) })
            }}
            options={keys}
            disabled={disabled}
          />
        </Field>
        <SuiteField
          value={value.suite}
          onChange={(suite) => change({ suite })}
          disabled={disabled || own !== undefined}
          hint={own && t('suiteOfKey')}
        />
      </div>
      <ContextFields value={value.context} onChange={(context) => change({ context })} disabled={disabled} />
    </div>
  )
}

interface SuiteFieldProps {
  value: Suite
  onChange: (suite: Suite) => void
  disabled: boolean | undefined
  hint?: string | undefined
}

function SuiteField({ value, onChange, disabled, hint }: SuiteFieldProps) {
  const t = useTranslations('encryption')
  return (
    <Field label={t('algorithm')} hint={hint}>
      <Select
        value={value}
        onChange={onChange}
        disabled={disabled}
        options={(['AES256', 'SM4'] as const).map((suite) => ({
          value: suite,
          label: SUITE_NAMES[suite],
          description: CIPHERS[suite],
        }))}
      />
    </Field>
  )
}

interface KeyOption {
  value: string
  label: string
  description: string
  /** own keys encrypt with the cipher they were made for */
  suite?: Suite
}

/** The project's key, the usable own ones, and the one that is proposed even if it is not usable now. */
function useKeyOptions({ keyRef, suite }: TargetDraft): KeyOption[] {
  const t = useTranslations('encryption')
  const { key: projectKey } = useMe()
  const own = useOwnKeyChoices().flatMap(({ value, label, suite: name }): KeyOption[] => {
    const rule = isOwnRule(value) ? ruleOf(value) : undefined
    if (rule?.kind !== 'managed-key' || !rule.keyRef) return []
    return [{ value: rule.keyRef, label, description: name, suite: rule.suite }]
  })
  const options = [{ value: '', label: t('projectKey'), description: projectKey?.keyId ?? '' }, ...own]
  if (!keyRef || options.some(({ value }) => value === keyRef)) return options
  return [...options, { value: keyRef, label: keyRef, description: SUITE_NAMES[suite], suite }]
}
