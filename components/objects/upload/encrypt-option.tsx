'use client'
import { useTranslations } from 'next-intl'
import { useOwnKeyChoices } from '@/components/encryption/own-keys'
import { isOwnRule, ruleOf } from '@/components/encryption/suites'
import { useMe } from '@/components/shell/me'
import { Checkbox } from '@/components/ui/checkbox'
import { Select, type SelectOption } from '@/components/ui/select'
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
          options={useMethodOptions(choice.methods)}
        />
      </div>
      <p id="encrypt-explained" className="text-muted col-start-2 min-h-4 text-xs">
        <Explanation choice={choice} rule={rule} />
      </p>
    </div>
  )
}

function useMethodOptions(methods: EncryptMethod[]): SelectOption<EncryptMethod>[] {
  const t = useTranslations()
  const own = useOwnKeyChoices()
  return methods.map((method) => {
    if (!isOwnRule(method)) {
      return {
        value: method,
        label: t(`upload.methods.${method}.label`),
        description: t(`upload.methods.${method}.description`),
      }
    }
    const { label = method, suite = '' } = own.find(({ value }) => value === method) ?? {}
    return { value: method, label, description: t('keys.picker.method', { suite }) }
  })
}

function Explanation({ choice, rule }: Pick<EncryptOptionProps, 'choice' | 'rule'>) {
  const t = useTranslations('upload')
  const { key } = useMe()
  if (!choice.checked) return t('plaintext')
  const service =
    choice.method === 'service-AES256' || (choice.method === 'bucket-default' && rule?.kind === 'service-key')
  const used = isOwnRule(choice.method) ? ruleOf(choice.method) : rule
  const keyId =
    (choice.method === 'bucket-default' || isOwnRule(choice.method)) &&
    used?.kind === 'managed-key' &&
    used.keyRef
      ? used.keyRef
      : (key?.keyId ?? '')
  const ofProject = keyId === key?.keyId || keyId === key?.arn
  return (
    <>
      {choice.enforced && `${t('enforced')} `}
      {service
        ? t('withServiceKey')
        : t.rich(ofProject ? 'withKey' : 'withOwnKey', {
            keyId,
            id: (id) => <span className="font-mono wrap-anywhere">{id}</span>,
          })}
    </>
  )
}
