'use client'
import { useQuery } from '@tanstack/react-query'
import { Signature } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { SectionCard } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { receiptKeyQuery } from '@/lib/console/queries/proof'

/** Whose signature is under receipts: to be noted elsewhere before somebody asks. */
export function ReceiptKeyCard() {
  const t = useTranslations()
  const { data } = useQuery(receiptKeyQuery())
  return (
    <SectionCard
      id="receipt-key"
      title={t('integrity.receiptKey.title')}
      icon={<Signature aria-hidden />}
      description={t('integrity.receiptKey.description')}
    >
      {data && (
        <CodeBlock
          code={data.fingerprint}
          label={t('integrity.receiptKey.fingerprint')}
          copyLabel={t('integrity.receiptKey.copy')}
          copiedLabel={t('common.copied')}
        />
      )}
    </SectionCard>
  )
}
