'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { useKeyName } from '@/components/encryption/encryption-badge'
import { Link } from '@/components/shell/link'
import { useBytes } from '@/components/shell/use-bytes'
import type { Coverage, CoverageShare } from '@/lib/console/schemas-coverage'
import { shareColours } from './coverage-looks'

export interface CoverageBarProps {
  coverage: Coverage
  /** where the objects of a share are listed; undefined: nowhere as a whole */
  hrefOf?: (share: CoverageShare) => string
}

/** How a place divides into methods and keys: a bar for the eye, and the same in words and figures. */
export function CoverageBar({ coverage, hrefOf }: CoverageBarProps) {
  const t = useTranslations('coverage')
  const { shares, objects } = coverage
  const colours = shareColours(shares)
  const encrypted = objects - coverage.plaintextObjects
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div
        role="img"
        aria-label={t('bar', { encrypted, objects })}
        className="bg-line flex h-2.5 gap-px overflow-hidden rounded-full"
      >
        {shares.map((share, i) => (
          <span
            key={nameOf(share)}
            className={`${colours[i]} min-w-1.5`}
            style={{ width: `${(100 * share.objects) / objects}%` }}
          />
        ))}
      </div>
      <ul aria-label={t('legend')} className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {shares.map((share, i) => (
          <LegendItem
            key={nameOf(share)}
            share={share}
            colour={colours[i]!}
            portion={share.objects / objects}
            href={hrefOf?.(share)}
          />
        ))}
      </ul>
    </div>
  )
}

interface LegendItemProps {
  share: CoverageShare
  colour: string
  portion: number
  href: string | undefined
}

function LegendItem({ share, colour, portion, href }: LegendItemProps) {
  const t = useTranslations('coverage')
  const format = useFormatter()
  const bytes = useBytes()
  const name = useShareName()(share)
  const words = (
    <>
      <span aria-hidden className={`${colour} size-2.5 shrink-0 rounded-xs`} />
      <span className="truncate">{name}</span>
      <span className="text-muted tabular-nums">
        {format.number(share.objects)} ({percent(format, portion)})
      </span>
    </>
  )
  const looks = 'flex max-w-80 min-w-0 items-center gap-1.5 rounded-xs'
  return (
    <li title={t('share', { name, objects: share.objects, bytes: bytes(share.bytes) })}>
      {href ? (
        <Link href={href} className={`${looks} hover:text-accent-ink hover:underline`}>
          {words}
        </Link>
      ) : (
        <span className={looks}>{words}</span>
      )}
    </li>
  )
}

/** Method and key in the words of the badges. */
function useShareName(): (share: CoverageShare) => string {
  const t = useTranslations('encryption')
  const keyName = useKeyName()
  return ({ mode, suite, keyId }) => {
    const sm4 = suite === 'SM4' ? ' · SM4' : ''
    switch (mode) {
      case 'none':
        return t('notEncrypted')
      case 'service-key':
        return `SSE-S3 · ${t('serviceKey')}${sm4}`
      case 'customer-key':
        return `SSE-C · ${t('customerKey')}${sm4}`
      case 'managed-key':
        return `SSE-KMS · ${keyName(keyId ?? '')}${sm4}`
    }
  }
}

/** Never 100 % while something is left, nor 0 % while there is something. */
function percent(format: ReturnType<typeof useFormatter>, portion: number): string {
  const shown = portion > 0.99 && portion < 1 ? Math.floor(portion * 1000) / 1000 : portion
  const digits = shown < 0.01 || (shown > 0.99 && shown < 1) ? 1 : 0
  if (portion < 0.001) return `<${format.number(0.001, { style: 'percent', maximumFractionDigits: 1 })}`
  return format.number(shown, { style: 'percent', maximumFractionDigits: digits })
}

function nameOf({ mode, suite, keyId }: CoverageShare): string {
  return [mode, suite, keyId].join()
}
