'use client'
import { useTranslations } from 'next-intl'
import { Badge } from '@/components/ui/badge'
import { RadioCards } from '@/components/ui/radio-cards'
import { RULES, type RuleName } from './suites'

const NAMES = Object.keys(RULES) as RuleName[]

export interface RuleFieldProps {
  value: RuleName
  onChange: (value: RuleName) => void
  disabled?: boolean
  legendHidden?: boolean
}

/** Which encryption a bucket gives to what is uploaded without a wish of its own. */
export function RuleField({ value, onChange, disabled, legendHidden }: RuleFieldProps) {
  const t = useTranslations('encryption')
  const badge = (name: RuleName) => {
    const rule = RULES[name]
    if (rule.kind === 'none') return undefined
    return <Badge tone="neutral">{rule.kind === 'service-key' ? 'SSE-S3' : 'SSE-KMS'}</Badge>
  }
  return (
    <RadioCards
      legend={t('defaultEncryption')}
      legendHidden={legendHidden}
      value={value}
      onChange={onChange}
      disabled={disabled}
      options={NAMES.map((name) => ({
        value: name,
        label: t(`rules.${name}.label`),
        description: t(`rules.${name}.description`),
        badge: badge(name),
      }))}
    />
  )
}
