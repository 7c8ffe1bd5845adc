'use client'
import { FileCheck } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code-block'
import { RECEIPT_FILE, verifyReceiptCommand, verifyReceiptDataCommand } from './verify-receipt-command'

/** The signed receipt as a file, and how anybody verifies it without this server. */
export function ReceiptCard({ receipt, fingerprint }: { receipt: string; fingerprint: string }) {
  const t = useTranslations()
  const commands = [
    { name: 'verify', code: verifyReceiptCommand(fingerprint) },
    { name: 'verifyData', code: verifyReceiptDataCommand(fingerprint) },
  ] as const
  return (
    <div className="border-line flex flex-col gap-3 border-t pt-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <h3 className="text-sm font-medium">{t('proof.receipt.title')}</h3>
          <p className="text-muted mt-0.5 text-sm text-pretty">{t('proof.receipt.text')}</p>
        </div>
        <Button onClick={() => save(receipt)}>
          <FileCheck aria-hidden />
          {t('proof.receipt.download')}
        </Button>
      </div>
      {commands.map(({ name, code }) => (
        <div key={name}>
          <p className="text-muted mb-1.5 text-sm">{t(`proof.receipt.${name}`)}</p>
          <CodeBlock
            code={code}
            label={t(`proof.receipt.${name}`)}
            copyLabel={t('proof.receipt.copy')}
            copiedLabel={t('common.copied')}
          />
        </div>
      ))}
    </div>
  )
}

/** To the byte as the server signed it. */
function save(receipt: string): void {
  const url = URL.createObjectURL(new Blob([receipt], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = RECEIPT_FILE
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
