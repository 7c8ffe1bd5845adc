'use client'
import { useTranslations } from 'next-intl'
import { Badge } from '@/components/ui/badge'
import { RadioCards } from '@/components/ui/radio-cards'
import { Select } from '@/components/ui/select'
import { useOwnKeyChoices } from './own-keys'
import { isOwnRule, ruleOf, RULES, type CommonRule, type OwnRule, type RuleName } from './suites'

const NAMES = Object.keys(RULES) as CommonRule[]

export interface RuleFieldProps {
  value: RuleName
  onChange: (value: RuleName) => void
  disabled?: boolean
  legendHidden?: boolean
}

/** Which encryption a bucket gives to what is uploaded without a wish of its own. */
export function RuleField({ value, onChange, disabled, legendHidden }: RuleFieldProps) {
  const t = useTranslations()
  const own = useOwnKeyOptions(value)
  const badge = (name: CommonRule) => {
    const rule = RULES[name]
    if (rule.kind === 'none') return undefined
    return <Badge tone="neutral">{rule.kind === 'service-key' ? 'SSE-S3' : 'SSE-KMS'}</Badge>
  }
  const common = NAMES.map((name) => ({
    value: name,
    label: t(`encryption.rules.${name}.label`),
    description: t(`encryption.rules.${name}.description`),
    badge: badge(name),
  }))
  const ownOption = {
    value: 'own' as const,
    label: t('keys.picker.label'),
    description: t('keys.picker.description'),
    badge: <Badge tone="neutral">SSE-KMS</Badge>,
  }
  const first = own[0]
  return (
    <div className="flex flex-col gap-2">
      <RadioCards
        legend={t('encryption.defaultEncryption')}
        legendHidden={legendHidden}
        value={isOwnRule(value) ? 'own' : value}
        onChange={(next) => {
          if (next !== 'own') onChange(next)
          else if (first) onChange(first.value)
        }}
        disabled={disabled}
        options={first ? [...common, ownOption] : common}
      />
      {isOwnRule(value) && (
        <Select<OwnRule>
          label={t('keys.picker.key')}
          value={value}
          onChange={onChange}
          disabled={disabled}
          options={own}
        />
      )}
    </div>
  )
}

/** The usable own keys, and the one that is set even if it is not usable now. */
function useOwnKeyOptions(value: RuleName): { value: OwnRule; label: string; description: string }[] {
  const choices = useOwnKeyChoices()
  const options = choices.map(({ value: rule, label, suite }) => ({ value: rule, label, description: suite }))
  if (!isOwnRule(value) || options.some((option) => option.value === value)) return options
  const rule = ruleOf(value)
  const label = rule.kind === 'managed-key' ? (rule.keyRef ?? '') : ''
  const description = rule.kind === 'managed-key' ? rule.suite : ''
  return [{ value, label, description }, ...options]
}
