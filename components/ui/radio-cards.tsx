'use client'
import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { useId, type ReactNode } from 'react'

export interface RadioCard<V extends string> {
  value: V
  label: ReactNode
  description: ReactNode
  badge?: ReactNode
}

export interface RadioCardsProps<V extends string> {
  legend: ReactNode
  /** a heading above says it to the eye already */
  legendHidden?: boolean
  value: V
  onChange: (value: V) => void
  options: RadioCard<V>[]
  disabled?: boolean
}

/** A choice whose options need a sentence each. */
export function RadioCards<V extends string>({
  legend,
  legendHidden,
  value,
  onChange,
  options,
  disabled,
}: RadioCardsProps<V>) {
  const id = useId()
  return (
    <div>
      <p id={id} className={legendHidden ? 'sr-only' : 'mb-1.5 text-sm font-medium'}>
        {legend}
      </p>
      <RadioGroup
        aria-labelledby={id}
        value={value}
        onValueChange={(next) => onChange(next)}
        disabled={disabled}
        className="flex flex-col gap-2"
      >
        {options.map((option) => (
          <label
            key={option.value}
            className="rounded-card border-line hover:border-line-strong has-data-checked:border-accent has-data-checked:bg-accent-soft flex cursor-pointer gap-3 border px-3.5 py-3 transition-colors has-data-disabled:cursor-not-allowed has-data-disabled:opacity-60"
          >
            <Radio.Root
              value={option.value}
              aria-labelledby={`${id}-${option.value}-l`}
              aria-describedby={`${id}-${option.value}-d`}
              className="border-line-strong bg-surface data-checked:border-accent data-checked:bg-accent mt-0.5 grid size-4.5 shrink-0 place-items-center rounded-full border"
            >
              <Radio.Indicator className="bg-on-accent size-2 rounded-full data-unchecked:hidden" />
            </Radio.Root>
            <span className="min-w-0 flex-1">
              <span className="flex flex-wrap items-center gap-2">
                <span id={`${id}-${option.value}-l`} className="text-sm font-medium">
                  {option.label}
                </span>
                {option.badge}
              </span>
              <span id={`${id}-${option.value}-d`} className="text-muted mt-0.5 block text-xs">
                {option.description}
              </span>
            </span>
          </label>
        ))}
      </RadioGroup>
    </div>
  )
}
