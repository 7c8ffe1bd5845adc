import type { Metadata, Viewport } from 'next'
import { getLocale, getMessages } from 'next-intl/server'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { Providers } from '@/components/shell/providers'
import './globals.css'

export const metadata: Metadata = {
  title: { template: '%s · Coffer', default: 'Coffer' },
  referrer: 'same-origin',
  robots: { index: false, follow: false },
}

export const viewport: Viewport = { colorScheme: 'light dark' }

export default async function RootLayout({ children }: { children: ReactNode }) {
  const locale = await getLocale()
  const nonce = (await headers()).get('x-nonce') ?? undefined
  return (
    // next-themes sets the class before React wakes up
    <html lang={locale} suppressHydrationWarning>
      <body>
        <Providers locale={locale} messages={await getMessages()} nonce={nonce}>
          {children}
        </Providers>
      </body>
    </html>
  )
}
