'use client'
import { useTranslations } from 'next-intl'
import { Field, Input } from '@/components/ui/field'
import type { Suite } from '@/lib/console/schemas'

const KEY_BYTES: Record<Suite, number> = { AES256: 32, SM4: 16 }

export interface CustomerKeyFieldProps {
  suite: Suite
  /** base64 */
  value: string
  onChange: (value: string) => void
}

/** The key of an object that Coffer keeps no key of; it goes with this one check and is not kept. */
export function CustomerKeyField({ suite, value, onChange }: CustomerKeyFieldProps) {
  const t = useTranslations('proof')
  const common = useTranslations('common')
  const wrong = value !== '' && !isKey(value, KEY_BYTES[suite])
  return (
    <Field
      label={t('customerKey')}
      optional={common('optional')}
      hint={t('customerKeyHint')}
      error={wrong && t('customerKeyWrong', { bytes: KEY_BYTES[suite] })}
    >
      <Input
        type="password"
        value={value}
        onChange={(event) => onChange(event.target.value.trim())}
        autoComplete="off"
        spellCheck={false}
        className="font-mono"
      />
    </Field>
  )
}

function isKey(text: string, bytes: number): boolean {
  try {
    return atob(text).length === bytes
  } catch {
    return false
  }
}
