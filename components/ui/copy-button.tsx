'use client'
import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, type ButtonProps } from './button'
import { copyText } from './copy-text'

export interface CopyButtonProps extends Omit<ButtonProps, 'onClick'> {
  text: string
  /** accessible name, and name once copied */
  label: string
  copiedLabel: string
}

export function CopyButton({
  text,
  label,
  copiedLabel,
  children,
  size = 'icon-sm',
  ...rest
}: CopyButtonProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <>
      <Button
        variant="quiet"
        size={size}
        {...rest}
        aria-label={label}
        title={copied ? copiedLabel : label}
        onClick={async () => setCopied(await copyText(text))}
      >
        {copied ? <Check aria-hidden className="text-accent-ink" /> : <Copy aria-hidden />}
        {children}
      </Button>
      <span role="status" className="sr-only">
        {copied ? copiedLabel : ''}
      </span>
    </>
  )
}
