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
    <div className="flex min-w-0 flex-1 basis-80 flex-wrap items-center gap-x-4 gap-y-2">
      <div className="flex min-w-0 flex-1 basis-56 gap-2.5">
        <span className="pt-0.5">
          <Checkbox
            aria-labelledby="encrypt-label"
            aria-describedby="encrypt-explained"
            checked={choice.checked}
            readOnly={choice.enforced}
            disabled={locked}
            onChange={choice.setChecked}
          />
        </span>
        <span className="min-w-0">
          <span
            id="encrypt-label"
            className="block cursor-default text-sm font-medium"
            onClick={() => !choice.enforced && !locked && choice.setChecked(!choice.checked)}
          >
            {t('encrypt')}
          </span>
          <span id="encrypt-explained" className="text-muted block min-h-4 text-xs">
            <Explanation choice={choice} rule={rule} />
          </span>
        </span>
      </div>
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
