'use client'
import { useId } from 'react'
import { inputClass } from '@/components/ui/field'

export interface LabelledInputProps {
  label: string
  value: string
  onChange: (value: string) => void
  placeholder: string
}

/** A field of a search, its name above it in small. */
export function LabelledInput({ label, value, onChange, placeholder }: LabelledInputProps) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-muted text-xs">
        {label}
      </label>
      <input
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        className={inputClass}
      />
    </div>
  )
}
