'use client'
import { useTranslations } from 'next-intl'
import { Notice } from '@/components/ui/notice'
import type { Job } from '@/lib/console/schemas-jobs'
import { amountOf } from './job-plan'

/** What the figures of a plan mean for the one who has to decide. */
export function PlanAdvice({ job }: { job: Job }) {
  const t = useTranslations('jobs.advice')
  const { plan } = job
  if (!plan?.complete) return null
  if (plan.total.objects === 0) return <Notice title={t('nothing')} />
  const changes = plan.rewrapped.objects + plan.rewritten.objects
  const cannot = amountOf(plan, 'failed').objects
  if (changes === 0)
    return <Notice title={t(cannot === 0 ? 'allSo' : plan.unchanged.objects > 0 ? 'restSo' : 'noneCan')} />
  if (cannot > 0) return <Notice tone="warning">{t('someCannot', { count: cannot })}</Notice>
  if (plan.rewritten.objects === 0) return <Notice tone="good">{t('onlyRewraps')}</Notice>
  return null
}
