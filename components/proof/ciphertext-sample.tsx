'use client'
import { EyeOff, HardDrive } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useBytes } from '@/components/shell/use-bytes'
import type { CiphertextSample } from '@/lib/console/schemas-proof'

const ROW_BYTES = 16

/** Bytes as they lie on the disk, beside nothing of the content. */
export function CiphertextSampleCard({ sample }: { sample: CiphertextSample }) {
  const t = useTranslations('proof.sample')
  const format = useFormatter()
  const bytes = useBytes()
  const { hex, offset, searched, found, bitsPerByte, over } = sample
  return (
    <div className="grid gap-3 md:grid-cols-2">
      <Side icon={<HardDrive aria-hidden />} title={t('stored')}>
        <pre aria-label={t('hex')} role="group" tabIndex={0} className="overflow-x-auto font-mono text-xs/5">
          {rowsOf(hex).map((row, index) => (
            <span key={index} className="block">
              <span className="text-faint select-none">{hexOffset(offset + index * ROW_BYTES)}</span>
              {'  '}
              {row}
            </span>
          ))}
        </pre>
        <p className="text-muted mt-2 text-xs">
          {t('entropy', {
            bits: format.number(bitsPerByte, { maximumFractionDigits: 3 }),
            over: bytes(over),
          })}
        </p>
      </Side>
      <Side icon={<EyeOff aria-hidden />} title={t('content')}>
        <p className="text-sm text-pretty">{t('nothing')}</p>
        <p className={`mt-2 text-xs ${found ? 'text-danger-ink' : 'text-muted'}`}>
          {searched === 0 ? t('notSearched') : t(found ? 'found' : 'notFound', { searched: bytes(searched) })}
        </p>
      </Side>
    </div>
  )
}

function Side({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <div className="rounded-control border-line bg-sunken min-w-0 border p-3">
      <h3 className="text-muted mb-2 flex items-center gap-1.5 text-xs font-medium [&_svg]:size-3.5">
        {icon}
        {title}
      </h3>
      {children}
    </div>
  )
}

function rowsOf(hex: string): string[] {
  const pairs = hex.match(/../g) ?? []
  return Array.from({ length: Math.ceil(pairs.length / ROW_BYTES) }, (_, row) =>
    pairs.slice(row * ROW_BYTES, (row + 1) * ROW_BYTES).join(' '),
  )
}

function hexOffset(offset: number): string {
  return offset.toString(16).padStart(8, '0')
}
