'use client'
import { CircleCheck, CircleDashed, CircleMinus, CircleX } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { Proof, StepState } from '@/lib/console/schemas-proof'

const LOOKS: Record<StepState, { Icon: typeof CircleCheck; tone: string }> = {
  passed: { Icon: CircleCheck, tone: 'text-accent-ink' },
  failed: { Icon: CircleX, tone: 'text-danger-ink' },
  'not-checked': { Icon: CircleDashed, tone: 'text-warning-ink' },
  'not-applicable': { Icon: CircleMinus, tone: 'text-faint' },
}

/** Each question that was asked, and its answer; meaning never rests on colour alone. */
export function ProofSteps({ steps }: { steps: Proof['steps'] }) {
  const t = useTranslations('proof')
  return (
    <ol aria-label={t('steps.title')} className="divide-line divide-y text-sm">
      {steps.map(({ step, state }) => {
        const { Icon, tone } = LOOKS[state]
        return (
          <li key={step} className="flex gap-2.5 py-2 first:pt-0 last:pb-0">
            <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${tone}`} />
            <div className="min-w-0 flex-1">
              <p>{t(`steps.${step}.label`)}</p>
              <p className="text-muted text-xs">{t(`steps.${step}.means`)}</p>
            </div>
            <span className={`shrink-0 text-xs font-medium ${tone}`}>{t(`states.${state}`)}</span>
          </li>
        )
      })}
    </ol>
  )
}
