'use client'
import { LockKeyhole } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import type { Suite } from '@/lib/console/schemas'
import type { CustomerKeyJson } from '@/lib/console/schemas-modify-encryption'
import { CustomerKeyInput, type KeyInHand } from './customer-key-input'

export interface OpenWithKeyCardProps {
  suite: Suite
  uri: string
  onOpen: (key: CustomerKeyJson) => void
  busy: boolean
  error: Error | null
}

/** Asks for the key of a file that only its owner can open. */
export function OpenWithKeyCard({ suite, uri, onOpen, busy, error }: OpenWithKeyCardProps) {
  const t = useTranslations('objectEncryption')
  const [inHand, setInHand] = useState<KeyInHand>()
  return (
    <SectionCard
      id="open-with-key"
      title={t('openTitle')}
      icon={<LockKeyhole aria-hidden />}
      description={t('openDescription')}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (inHand) onOpen(inHand.key)
        }}
      >
        {error && <ErrorNotice error={error} />}
        <CustomerKeyInput suite={suite} uri={uri} value={inHand} onChange={setInHand} disabled={busy} />
        <div>
          <Button type="submit" variant="primary" disabled={!inHand} busy={busy}>
            {t('open')}
          </Button>
        </div>
      </form>
    </SectionCard>
  )
}
