'use client'
import { useTranslations } from 'next-intl'
import { useMe } from '@/components/shell/me'
import { Checkbox } from '@/components/ui/checkbox'
import { Select } from '@/components/ui/select'
import type { EncryptionRule } from '@/lib/console/schemas'
import type { EncryptChoice, EncryptMethod } from './encrypt-choice'

export interface EncryptOptionProps {
  choice: EncryptChoice
  rule: EncryptionRule | undefined
  /** the upload has begun */
  locked: boolean
}

/** The Encrypt box with the sentence that says with which key. */
export function EncryptOption({ choice, rule, locked }: EncryptOptionProps) {
  const t = useTranslations('upload')
  return (
    <div className="grid min-w-0 flex-1 basis-80 grid-cols-[auto_1fr] items-center gap-x-2.5 gap-y-0.5">
      <Checkbox
        aria-labelledby="encrypt-label"
        aria-describedby="encrypt-explained"
        checked={choice.checked}
        readOnly={choice.enforced}
        disabled={locked}
        onChange={choice.setChecked}
      />
      <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1">
        <span
          id="encrypt-label"
          className="cursor-default text-sm font-medium"
          onClick={() => !choice.enforced && !locked && choice.setChecked(!choice.checked)}
        >
          {t('encrypt')}
        </span>
        <Select<EncryptMethod>
          label={t('method')}
          value={choice.method}
          onChange={choice.setMethod}
          disabled={!choice.checked || locked}
          size="sm"
          className="w-52"
          options={choice.methods.map((method) => ({
            value: method,
            label: t(`methods.${method}.label`),
            description: t(`methods.${method}.description`),
          }))}
        />
      </div>
      <p id="encrypt-explained" className="text-muted col-start-2 min-h-4 text-xs">
        <Explanation choice={choice} rule={rule} />
      </p>
    </div>
  )
}

function Explanation({ choice, rule }: Pick<EncryptOptionProps, 'choice' | 'rule'>) {
  const t = useTranslations('upload')
  const { key } = useMe()
  if (!choice.checked) return t('plaintext')
  const service =
    choice.method === 'service-AES256' || (choice.method === 'bucket-default' && rule?.kind === 'service-key')
  const keyId =
    choice.method === 'bucket-default' && rule?.kind === 'managed-key' && rule.keyRef
      ? rule.keyRef
      : (key?.keyId ?? '')
  return (
    <>
      {choice.enforced && `${t('enforced')} `}
      {service
        ? t('withServiceKey')
        : t.rich('withKey', { keyId, id: (id) => <span className="font-mono wrap-anywhere">{id}</span> })}
    </>
  )
}
