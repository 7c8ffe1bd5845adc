'use client'
import { KeyRound } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Link } from '@/components/shell/link'
import { useMe } from '@/components/shell/me'
import { CopyButton } from '@/components/ui/copy-button'
import { pages } from '@/lib/console/paths'

/** The project's key id, which S3 clients send with SSE-KMS; shared by all members, managed by the service. */
export function EncryptionKeyId() {
  const t = useTranslations()
  const { key } = useMe()
  if (!key) return null
  return (
    <section
      aria-labelledby="encryption-key-id"
      className="rounded-card border-line bg-surface shadow-card flex max-w-full items-center gap-3 border py-2 pr-2 pl-3"
    >
      <span className="rounded-control bg-accent-soft text-accent-ink grid size-8 shrink-0 place-items-center">
        <KeyRound aria-hidden className="size-4" />
      </span>
      <div className="min-w-0">
        <h2 id="encryption-key-id" className="text-muted text-xs" title={t('encryption.keyIdHint')}>
          <Link href={pages.key(key.keyId)} className="hover:text-ink rounded-xs hover:underline">
            {t('encryption.keyId')}
          </Link>
        </h2>
        <p className="font-mono text-xs/5 wrap-anywhere" data-testid="encryption-key-id">
          {key.keyId}
        </p>
      </div>
      <CopyButton text={key.keyId} label={t('encryption.copyKeyId')} copiedLabel={t('common.copied')} />
    </section>
  )
}
