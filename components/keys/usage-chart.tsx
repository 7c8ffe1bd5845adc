'use client'
import { AxisBottom, AxisLeft } from '@visx/axis'
import { ParentSize } from '@visx/responsive'
import { scaleBand, scaleLinear } from '@visx/scale'
import { useFormatter, useTranslations } from 'next-intl'
import { useId } from 'react'
import type { KeyUsage } from '@/lib/console/schemas-keys'
import { CallsTable } from './calls-table'

type Day = KeyUsage['days'][number]

export const CHART_HEIGHT = 220
const MARGIN = { top: 8, right: 8, bottom: 28, left: 48 }

/** Calls a day; refused ones are hatched as well as red. The same figures stand in a table for who cannot see it. */
export function UsageChart({ days }: { days: Day[] }) {
  const t = useTranslations('keys.usage')
  const dayName = useDayName()
  const any = days.some(({ calls }) => calls > 0)
  return (
    <figure className="flex flex-col gap-3">
      <div style={{ height: CHART_HEIGHT }} className="relative">
        <ParentSize debounceTime={0}>
          {({ width }) => (width > 0 ? <Bars days={days} width={width} /> : null)}
        </ParentSize>
        {!any && <p className="text-muted absolute inset-0 grid place-items-center text-sm">{t('none')}</p>}
      </div>
      <figcaption className="flex flex-wrap items-start gap-x-5 gap-y-2 text-xs">
        <Legend />
        <details className="ml-auto min-w-0 [&[open]]:w-full">
          <summary className="text-accent-ink rounded-xs">{t('asTable')}</summary>
          <div
            tabIndex={0}
            role="group"
            aria-label={t('title')}
            className="rounded-control border-line mt-2 max-h-72 overflow-y-auto border"
          >
            <CallsTable
              label={t('title')}
              column={t('day')}
              rows={days
                .map(({ day, calls, denied }) => ({ key: day, name: dayName(day), calls, denied }))
                .toReversed()}
            />
          </div>
        </details>
      </figcaption>
    </figure>
  )
}

function Bars({ days, width }: { days: Day[]; width: number }) {
  const t = useTranslations('keys.usage')
  const format = useFormatter()
  const dayName = useDayName()
  const hatch = useId()
  const bottom = CHART_HEIGHT - MARGIN.bottom
  const most = Math.max(4, ...days.map(({ calls }) => calls))
  const x = scaleBand({
    domain: days.map(({ day }) => day),
    range: [MARGIN.left, width - MARGIN.right],
    padding: 0.25,
  })
  const y = scaleLinear({ domain: [0, most], range: [bottom, MARGIN.top], nice: 4 })
  return (
    <svg width={width} height={CHART_HEIGHT} role="img" aria-label={t('chart', { days: days.length })}>
      <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" className="fill-danger-soft" />
        <rect width="3" height="6" className="fill-danger" />
      </pattern>
      {y.ticks(4).map((tick) => (
        <line
          key={tick}
          x1={MARGIN.left}
          x2={width - MARGIN.right}
          y1={y(tick)}
          y2={y(tick)}
          className="stroke-line"
        />
      ))}
      {days.map(({ day, calls, denied }) => (
        <g key={day}>
          <title>
            {t('dayCalls', { day: dayName(day), calls: format.number(calls), denied: format.number(denied) })}
          </title>
          {/* the whole column answers the pointer, however short its bar */}
          <rect
            x={x(day)}
            y={MARGIN.top}
            width={x.bandwidth()}
            height={bottom - MARGIN.top}
            fillOpacity={0}
          />
          <rect
            x={x(day)}
            y={y(calls)}
            width={x.bandwidth()}
            height={bottom - y(calls)}
            rx={Math.min(2, x.bandwidth() / 2)}
            className="fill-accent"
          />
          <rect
            x={x(day)}
            y={y(denied)}
            width={x.bandwidth()}
            height={bottom - y(denied)}
            fill={`url(#${hatch})`}
          />
        </g>
      ))}
      <AxisLeft
        scale={y}
        left={MARGIN.left}
        numTicks={4}
        hideAxisLine
        hideTicks
        tickFormat={(value) => format.number(Number(value), { notation: 'compact' })}
        tickLabelProps={{
          fontFamily: 'inherit',
          className: 'fill-muted text-xs tabular-nums',
          textAnchor: 'end',
          dx: -4,
          dy: 4,
        }}
      />
      <AxisBottom
        scale={x}
        top={bottom}
        axisLineClassName="stroke-line-strong"
        hideTicks
        tickValues={everyFew(days, width)}
        tickFormat={(day) => dayName(String(day), true)}
        tickLabelProps={{
          fontFamily: 'inherit',
          className: 'fill-muted text-xs',
          textAnchor: 'middle',
          dy: 2,
        }}
      />
    </svg>
  )
}

function Legend() {
  const t = useTranslations('keys.usage')
  return (
    <ul className="text-muted flex gap-4" aria-hidden>
      <li className="flex items-center gap-1.5">
        <span className="bg-accent size-2.5 rounded-xs" />
        {t('calls')}
      </li>
      <li className="flex items-center gap-1.5">
        <span className="border-danger bg-danger-soft size-2.5 rounded-xs border-2" />
        {t('denied')}
      </li>
    </ul>
  )
}

/** Labels that do not touch each other. */
function everyFew(days: Day[], width: number): string[] {
  const step = Math.ceil((days.length * 72) / Math.max(width - MARGIN.left, 1))
  return days.filter((_, index) => (days.length - 1 - index) % step === 0).map(({ day }) => day)
}

/** A day of UTC, in which the service counts. */
function useDayName(): (day: string, short?: boolean) => string {
  const format = useFormatter()
  return (day, short) =>
    format.dateTime(new Date(`${day}T00:00:00Z`), {
      timeZone: 'UTC',
      ...(short ? { month: 'numeric', day: 'numeric' } : { dateStyle: 'medium' }),
    })
}
