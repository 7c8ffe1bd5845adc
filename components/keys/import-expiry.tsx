'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Checkbox } from '@/components/ui/checkbox'
import { Field, Input } from '@/components/ui/field'

const YEAR = 365 * 86_400_000

/** When imported material shall be forgotten; most never is. */
export function ImportExpiry({
  validTo,
  onChange,
}: {
  validTo: number | undefined
  onChange: (validTo: number | undefined) => void
}) {
  const t = useTranslations('keys.import')
  const [now] = useState(() => Date.now())
  const past = validTo !== undefined && validTo <= now
  const toggle = (expires: boolean) => onChange(expires ? now + YEAR : undefined)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-start gap-2.5">
        <Checkbox
          aria-labelledby="expires-label"
          aria-describedby="expires-hint"
          checked={validTo !== undefined}
          onChange={toggle}
        />
        <div>
          <span
            id="expires-label"
            className="block cursor-default text-sm font-medium"
            onClick={() => toggle(validTo === undefined)}
          >
            {t('expires')}
          </span>
          <span id="expires-hint" className="text-muted mt-0.5 block text-xs">
            {t('expiresHint')}
          </span>
        </div>
      </div>
      {validTo !== undefined && (
        <Field label={t('expiresAt')} className="pl-7" error={past ? t('expiresPast') : undefined}>
          <Input
            type="datetime-local"
            value={localInput(validTo)}
            onChange={(event) => event.target.value && onChange(new Date(event.target.value).getTime())}
            className="max-w-60"
          />
        </Field>
      )}
    </div>
  )
}

/** `yyyy-mm-ddThh:mm` in the reader's own zone, as the control wants it. */
function localInput(at: number): string {
  const date = new Date(at)
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
