'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { Spinner } from '@/components/ui/spinner'
import { ServerWatch } from '@/lib/console/server-watch'
import { Strip } from './strip'

/** While the server cannot be reached: says so and stays, and what is on the page is asked for anew afterwards. */
export function Reconnecting() {
  const t = useTranslations('shell')
  const [watch] = useState(() => new ServerWatch(globalThis.fetch.bind(globalThis), '/icon.svg'))
  const away = useSyncExternalStore(
    watch.subscribe,
    () => watch.away,
    () => false,
  )
  useEffect(() => {
    const before = window.fetch
    window.fetch = watch.fetch
    return () => {
      window.fetch = before
    }
  }, [watch])
  const queryClient = useQueryClient()
  useEffect(() => {
    const refresh = () => !watch.away && void queryClient.invalidateQueries()
    return watch.subscribe(refresh)
  }, [watch, queryClient])
  return (
    <div role="status">
      {away && (
        <Strip tone="warning" icon={<Spinner />}>
          <strong className="font-semibold">{t('reconnecting')}</strong> {t('reconnectingText')}
        </Strip>
      )}
    </div>
  )
}
