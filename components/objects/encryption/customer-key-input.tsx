'use client'
import { Download, KeyRound } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/field'
import { FileField } from '@/components/ui/file-field'
import { Notice } from '@/components/ui/notice'
import { generateCustomerKey, keyFileText, readCustomerKey, readKeyFile } from '@/lib/console/customer-key'
import type { Suite } from '@/lib/console/schemas'
import type { CustomerKeyJson } from '@/lib/console/schemas-modify-encryption'
import { saveFile } from './save-file'

/** A key as far as it goes: `kept` once its owner has it outside of this page. */
export interface KeyInHand {
  key: CustomerKeyJson
  kept: boolean
}

export interface CustomerKeyInputProps {
  suite: Suite
  /** s3://bucket/key, for the key file */
  uri: string
  value: KeyInHand | undefined
  onChange: (value: KeyInHand | undefined) => void
  /** a new key can be made here, too */
  mayMake?: boolean
  disabled?: boolean
}

/** A customer's key, given or made in this browser. It is kept nowhere but by its owner. */
export function CustomerKeyInput(props: CustomerKeyInputProps) {
  const t = useTranslations('objectEncryption.customerKey')
  if (!window.isSecureContext)
    return (
      <Notice tone="danger" title={t('insecureTitle')}>
        {t('insecureText')}
      </Notice>
    )
  return (
    <div className="border-line rounded-control flex flex-col gap-4 border p-3">
      {props.mayMake && <MadeKey {...props} />}
      <GivenKey {...props} />
    </div>
  )
}

function MadeKey({ suite, uri, value, onChange, disabled }: CustomerKeyInputProps) {
  const t = useTranslations('objectEncryption.customerKey')
  const save = (key: CustomerKeyJson) => {
    saveFile(`${uri.slice(uri.lastIndexOf('/') + 1) || 'object'}.key.json`, keyFileText(key, uri))
    onChange({ key, kept: true })
  }
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <Button
          disabled={disabled}
          onClick={() => onChange({ key: generateCustomerKey(suite), kept: false })}
        >
          <KeyRound aria-hidden />
          {t('make')}
        </Button>
        {value && (
          <Button
            variant={value.kept ? 'secondary' : 'primary'}
            disabled={disabled}
            onClick={() => save(value.key)}
          >
            <Download aria-hidden />
            {t('save')}
          </Button>
        )}
      </div>
      {value && !value.kept && <Notice tone="warning">{t('saveFirst')}</Notice>}
    </div>
  )
}

function GivenKey({ suite, mayMake, value, onChange, disabled }: CustomerKeyInputProps) {
  const t = useTranslations('objectEncryption.customerKey')
  const [text, setText] = useState('')
  const [file, setFile] = useState<string>()
  const take = (key: CustomerKeyJson | undefined) => onChange(key && { key, kept: true })
  const isWrong = text !== '' && readCustomerKey(text, suite) === undefined
  return (
    <>
      <Field
        label={mayMake ? t('orGive') : t('give')}
        hint={t('formats', { bytes: suite === 'SM4' ? 16 : 32 })}
        error={(isWrong || (file && !value)) && t('wrong', { bytes: suite === 'SM4' ? 16 : 32 })}
      >
        <Input
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={text}
          disabled={disabled}
          onChange={(event) => {
            setText(event.target.value)
            setFile(undefined)
            take(readCustomerKey(event.target.value, suite))
          }}
        />
      </Field>
      <FileField
        label={t('file')}
        chooseLabel={t('choose')}
        chosen={file}
        onFile={(chosen) => {
          setText('')
          setFile(chosen.name)
          void chosen.arrayBuffer().then((bytes) => take(readKeyFile(new Uint8Array(bytes), suite)))
        }}
      />
    </>
  )
}
