'use client'
import { Plus, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/field'
import { isContextSound, type ContextPair } from './target-draft'

const MOST_PAIRS = 20

export interface ContextFieldsProps {
  value: ContextPair[]
  onChange: (value: ContextPair[]) => void
  disabled?: boolean | undefined
}

/** The encryption context: pairs that are authenticated with the data key and must be the same to open it (KMS). */
export function ContextFields({ value, onChange, disabled }: ContextFieldsProps) {
  const t = useTranslations('encryption.target')
  const change = (index: number, part: Partial<ContextPair>) =>
    onChange(value.map((pair, at) => (at === index ? { ...pair, ...part } : pair)))
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 flex w-full items-baseline justify-between gap-2 text-sm font-medium">
        {t('context')} <span className="text-faint text-xs font-normal">{t('contextHint')}</span>
      </legend>
      {value.map((pair, index) => (
        <div key={index} className="flex items-center gap-2">
          <Input
            aria-label={t('contextName', { number: index + 1 })}
            placeholder={t('name')}
            value={pair.name}
            disabled={disabled}
            onChange={(event) => change(index, { name: event.target.value })}
          />
          <Input
            aria-label={t('contextValue', { number: index + 1 })}
            placeholder={t('value')}
            value={pair.value}
            disabled={disabled}
            onChange={(event) => change(index, { value: event.target.value })}
          />
          <Button
            variant="quiet"
            size="icon"
            aria-label={t('removePair', { number: index + 1 })}
            disabled={disabled}
            onClick={() => onChange(value.filter((_, at) => at !== index))}
          >
            <X aria-hidden />
          </Button>
        </div>
      ))}
      {!isContextSound(value) && <p className="text-danger-ink text-xs">{t('contextWrong')}</p>}
      <div>
        <Button
          size="sm"
          disabled={disabled || value.length >= MOST_PAIRS}
          onClick={() => onChange([...value, { name: '', value: '' }])}
        >
          <Plus aria-hidden />
          {t('addPair')}
        </Button>
      </div>
    </fieldset>
  )
}
