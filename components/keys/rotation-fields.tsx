'use client'
import { useTranslations } from 'next-intl'
import { useId } from 'react'
import { Checkbox } from '@/components/ui/checkbox'
import { Field, Input } from '@/components/ui/field'
import { ROTATION_DAYS } from '@/lib/console/schemas-keys'

export interface RotationFieldsProps {
  rotates: boolean
  onRotates: (rotates: boolean) => void
  /** NaN while the field is empty */
  days: number
  onDays: (days: number) => void
  error: boolean
  /** it cannot be turned off (the project's default key) */
  always?: boolean
}

/** Whether a key rotates by itself, and how often. */
export function RotationFields({ rotates, onRotates, days, onDays, error, always }: RotationFieldsProps) {
  const t = useTranslations('keys')
  const id = useId()
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-start gap-2.5">
        <Checkbox
          aria-labelledby={`${id}-l`}
          aria-describedby={`${id}-d`}
          checked={rotates}
          readOnly={always}
          onChange={onRotates}
        />
        <div className="min-w-0">
          <span
            id={`${id}-l`}
            className="block cursor-default text-sm font-medium"
            onClick={() => !always && onRotates(!rotates)}
          >
            {t('rotateByPeriod')}
          </span>
          <span id={`${id}-d`} className="text-muted mt-0.5 block text-xs">
            {always ? t('rotateAlways') : t('rotateByPeriodHint')}
          </span>
        </div>
      </div>
      {rotates && (
        <Field
          className="pl-7"
          label={t('periodDays')}
          hint={error ? undefined : t('periodRange', ROTATION_DAYS)}
          error={error ? t('periodRange', ROTATION_DAYS) : undefined}
        >
          <Input
            type="number"
            inputMode="numeric"
            min={ROTATION_DAYS.least}
            max={ROTATION_DAYS.most}
            value={Number.isNaN(days) ? '' : days}
            onChange={(event) => onDays(event.target.valueAsNumber)}
            className="max-w-36 tabular-nums"
          />
        </Field>
      )}
    </div>
  )
}
