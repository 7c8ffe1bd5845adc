'use client'
import { useTranslations, type Messages } from 'next-intl'
import { toast } from '@/components/ui/toaster'
import { ApiError } from '@/lib/console/client'
import { useRefusalText } from './refusal-text'

type Known = Exclude<keyof Messages['errors'], 'requestId' | 'title'>

/** Faults of the server itself: an administrator will look for them in its log. */
const SERVER_FAULTS = new Set<Known>(['InternalError', 'KeyServiceUnavailable', 'ObjectCorrupt'])

/** What went wrong, what to do about it, and, for a fault of the server, the id under which its log knows it. */
export interface ExplainedError {
  title: string
  advice: string
  requestId: string | undefined
}

/** Turns any failure into words of the reader's language: by its code, else a general apology. */
export function useExplain(): (error: unknown) => ExplainedError {
  const t = useTranslations('errors')
  const refusal = useRefusalText()
  return (error) => {
    const code = error instanceof ApiError ? error.code : 'InternalError'
    const known = (t.has(`${code}.title` as 'InternalError.title') ? code : 'InternalError') as Known
    return {
      title: t(`${known}.title`),
      advice: (error instanceof ApiError && refusal(error)) || t(`${known}.advice`),
      requestId: error instanceof ApiError && SERVER_FAULTS.has(known) ? error.requestId : undefined,
    }
  }
}

/** For mutations whose failure has no place of its own on the page. */
export function useErrorToast(): (error: unknown) => void {
  const explain = useExplain()
  return (error) => {
    const { title, advice } = explain(error)
    toast.error(title, { description: advice, duration: 10_000 })
  }
}
