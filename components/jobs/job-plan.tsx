'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { useDuration } from '@/components/shell/use-duration'
import { useBytes } from '@/components/shell/use-bytes'
import { Progress } from '@/components/ui/progress'
import { Table, TableHead, HeaderCell, Row, Cell } from '@/components/ui/table'
import type { Amount, JobPlan as Plan } from '@/lib/console/schemas-jobs'
import { ShareBar, SHARE_COLOURS, type Share } from './share-bar'

/** What a job would do, before it does anything: how many objects, at what cost, and which it cannot change. */
export function JobPlan({ plan }: { plan: Plan }) {
  const t = useTranslations('jobs.plan')
  return (
    <section aria-label={t('title')} className="flex flex-col gap-4">
      <PlanFigures plan={plan} />
      {plan.complete ? (
        <ShareBar
          label={t('shares')}
          parts={SHARES.map((share) => ({ share, value: amountOf(plan, share).objects }))}
        />
      ) : (
        <Progress value={countedPercent(plan)} label={t('counting')} />
      )}
      <PlanTable plan={plan} />
    </section>
  )
}

const CHANGES = ['rewrapped', 'rewritten', 'unchanged'] as const satisfies Share[]
const SHARES = [...CHANGES, 'failed'] as const satisfies Share[]

/** How much of what there will be is counted; null where nobody knows how much that is. */
function countedPercent({ expected, total }: Plan): number | null {
  return expected && expected.objects > 0 ? Math.min(99, (100 * total.objects) / expected.objects) : null
}

/** One kind's objects and bytes; what cannot be changed is the sum of its reasons. */
export function amountOf(plan: Plan, share: (typeof SHARES)[number]): Amount {
  if (share !== 'failed') return plan[share]
  return plan.cannot.reduce(
    (sum, { objects, bytes }) => ({ objects: sum.objects + objects, bytes: sum.bytes + bytes }),
    { objects: 0, bytes: 0 },
  )
}

function PlanFigures({ plan }: { plan: Plan }) {
  const t = useTranslations('jobs.plan')
  const format = useFormatter()
  const bytes = useBytes()
  const duration = useDuration()
  const idle = plan.rewrapped.objects + plan.rewritten.objects === 0
  const figures = [
    { label: t('objects'), value: format.number(plan.total.objects) },
    { label: t('bytes'), value: bytes(plan.total.bytes) },
    { label: t('keyServiceCalls'), value: format.number(plan.keyServiceCalls), hint: t('keyServiceHint') },
    {
      label: t('time'),
      value: !plan.complete || idle ? '—' : duration(plan.estimatedSeconds),
      hint: idle ? undefined : t(plan.measured ? 'measured' : 'usual'),
    },
  ]
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
      {figures.map(({ label, value, hint }) => (
        <div key={label}>
          <dt className="text-muted text-xs">{label}</dt>
          <dd>
            <span className="block text-lg font-semibold tabular-nums">{value}</span>
            {hint && <span className="text-muted block text-xs">{hint}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function PlanTable({ plan }: { plan: Plan }) {
  const t = useTranslations('jobs.plan')
  return (
    <div className="rounded-card border-line overflow-hidden border">
      <Table aria-label={t('title')} aria-busy={!plan.complete}>
        <TableHead>
          <tr>
            <HeaderCell>{t('what')}</HeaderCell>
            <HeaderCell className="w-24 text-right">{t('objects')}</HeaderCell>
            <HeaderCell className="w-24 text-right">{t('bytes')}</HeaderCell>
          </tr>
        </TableHead>
        <tbody>
          {CHANGES.map((share) => (
            <PlanRow
              key={share}
              share={share}
              words={t(`${share}.label`)}
              hint={t(`${share}.hint`)}
              amount={amountOf(plan, share)}
            />
          ))}
          {plan.cannot.map(({ reason, ...amount }) => (
            <PlanRow
              key={reason}
              share="failed"
              words={t('cannot')}
              hint={t(`reasons.${reason}`)}
              amount={amount}
            />
          ))}
        </tbody>
      </Table>
    </div>
  )
}

interface PlanRowProps {
  share: Share
  words: string
  hint: string
  amount: Amount
}

function PlanRow({ share, words, hint, amount }: PlanRowProps) {
  const format = useFormatter()
  const bytes = useBytes()
  return (
    <Row className={amount.objects === 0 ? 'text-muted' : undefined}>
      <Cell className="h-auto! py-2 whitespace-normal!">
        <span className="flex items-start gap-2.5">
          <span aria-hidden className={`mt-1.5 size-2 shrink-0 rounded-full ${SHARE_COLOURS[share]}`} />
          <span className="min-w-0">
            <span className="block font-medium">{words}</span>
            <span className="text-muted block text-xs text-pretty">{hint}</span>
          </span>
        </span>
      </Cell>
      <Cell className="text-right tabular-nums">{format.number(amount.objects)}</Cell>
      <Cell className="text-right tabular-nums">{bytes(amount.bytes)}</Cell>
    </Row>
  )
}
