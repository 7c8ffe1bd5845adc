'use client'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { useTheme } from 'next-themes'
import { Toaster as Sonner } from 'sonner'
import { Spinner } from './spinner'

export { toast } from 'sonner'

export function Toaster({ label, closeLabel }: { label: string; closeLabel: string }) {
  const { resolvedTheme } = useTheme()
  return (
    <Sonner
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="bottom-right"
      containerAriaLabel={label}
      icons={{
        success: <CircleCheck aria-hidden className="text-accent-ink size-4" />,
        error: <CircleAlert aria-hidden className="text-danger-ink size-4" />,
        loading: <Spinner className="text-accent-ink" />,
      }}
      toastOptions={{
        closeButtonAriaLabel: closeLabel,
        unstyled: true,
        classNames: {
          toast:
            'flex w-(--width) items-start gap-2.5 rounded-card border border-line bg-raised p-3.5 text-sm text-ink shadow-raised',
          icon: 'mt-0.5',
          title: 'font-medium',
          description: 'mt-0.5 text-muted',
        },
      }}
    />
  )
}
