'use client'
import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { NextIntlClientProvider, useTranslations, type Messages } from 'next-intl'
import { ThemeProvider } from 'next-themes'
import { useState, useSyncExternalStore, type ReactNode } from 'react'
import { Toaster } from '@/components/ui/toaster'
import { TooltipProvider } from '@/components/ui/tooltip'
import { ApiError } from '@/lib/console/client'
import type { Locale } from '@/lib/i18n/locales'
import { useLostFailures } from './lost-failures'
import { leaveWhenSignedOut, signedInAgain } from './signed-out'

export interface ProvidersProps {
  locale: Locale
  messages: Messages
  /** of this answer's Content-Security-Policy, for the few scripts and styles that are written into the page */
  nonce: string | undefined
  children: ReactNode
}

/** What every page stands in: language, theme, server state, tooltips and toasts. */
export function Providers({ locale, messages, nonce, children }: ProvidersProps) {
  const [queryClient] = useState(makeQueryClient)
  return (
    <NextIntlClientProvider locale={locale} messages={messages} timeZone={useTimeZone()}>
      <CSPProvider nonce={nonce}>
        <ThemeProvider attribute="class" disableTransitionOnChange nonce={nonce}>
          <QueryClientProvider client={queryClient}>
            <TooltipProvider delay={300}>{children}</TooltipProvider>
            <LocalisedToaster />
            <LostFailures />
          </QueryClientProvider>
        </ThemeProvider>
      </CSPProvider>
    </NextIntlClientProvider>
  )
}

function LocalisedToaster() {
  const t = useTranslations('common')
  return <Toaster label={t('notifications')} closeLabel={t('close')} />
}

function LostFailures() {
  useLostFailures()
  return null
}

function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveWhenSignedOut, onSuccess: signedInAgain }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) =>
          failures < 2 && error instanceof ApiError && error.code === 'NetworkError',
      },
    },
  })
}

// The server does not know the reader's zone: it renders no times, and the browser takes over with its own.
function useTimeZone(): string {
  return useSyncExternalStore(
    () => () => {},
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => 'UTC',
  )
}
