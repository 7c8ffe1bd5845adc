'use client'
import { Check, Circle, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { BUCKET_NAME_RULES, keepsBucketNameRule, type BucketNameRule } from '@/lib/console/bucket-name'

/** Shown from the start: the common rules. The others appear only when a name breaks them. */
const ALWAYS: BucketNameRule[] = ['length', 'characters', 'edges']

/** The rules of a name, ticked off while it is typed. */
export function BucketNameRules({ id, name }: { id: string; name: string }) {
  const t = useTranslations('buckets')
  const shown = BUCKET_NAME_RULES.filter((rule) => ALWAYS.includes(rule) || !keepsBucketNameRule(name, rule))
  return (
    <ul id={id} className="text-muted mt-2 flex flex-col gap-1 text-xs">
      {shown.map((rule) => {
        const state = name === '' ? 'open' : keepsBucketNameRule(name, rule) ? 'kept' : 'broken'
        return (
          <li key={rule} className={state === 'broken' ? 'text-danger-ink flex gap-1.5' : 'flex gap-1.5'}>
            <RuleIcon state={state} />
            {t(`nameRules.${rule}`)}
            {state !== 'open' && <span className="sr-only">{t(`nameRules.${state}`)}</span>}
          </li>
        )
      })}
    </ul>
  )
}

function RuleIcon({ state }: { state: 'open' | 'kept' | 'broken' }) {
  if (state === 'kept') return <Check aria-hidden className="text-accent-ink mt-px size-3.5 shrink-0" />
  if (state === 'broken') return <X aria-hidden className="mt-px size-3.5 shrink-0" />
  return <Circle aria-hidden className="text-faint mt-px size-3.5 shrink-0 scale-50" />
}
