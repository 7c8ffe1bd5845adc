'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { useBytes } from '@/components/shell/use-bytes'
import { Notice } from '@/components/ui/notice'
import type { Proof } from '@/lib/console/schemas-proof'
import { CiphertextSampleCard } from './ciphertext-sample'
import { DamageList } from './damage-list'
import { Mend } from './finding-notice'
import { ProofSteps } from './proof-steps'
import { ReceiptCard } from './receipt-card'

/** What a check found: the verdict, its steps, bytes to see, a receipt to keep. */
export function ProofResult({ proof }: { proof: Proof }) {
  const t = useTranslations('proof')
  return (
    <>
      <ProofVerdict proof={proof} />
      <ProofSteps steps={proof.steps} />
      {proof.sample ? (
        <CiphertextSampleCard sample={proof.sample} />
      ) : (
        proof.encryption?.mode === 'none' && <p className="text-muted text-sm">{t('noSample')}</p>
      )}
      <ReceiptCard receipt={proof.receipt} fingerprint={proof.fingerprint} />
    </>
  )
}

function ProofVerdict({ proof }: { proof: Proof }) {
  const t = useTranslations('proof.verdict')
  const format = useFormatter()
  const bytes = useBytes()
  const { damage, damageCount, proven, encryption, blobs, chunks, storedBytes, tookMs } = proof
  const facts = {
    blobs,
    chunks: format.number(chunks),
    bytes: bytes(storedBytes),
    seconds: format.number(tookMs / 1000, { maximumSignificantDigits: 2 }),
  }
  if (damageCount > 0)
    return (
      <Notice tone="danger" live title={t('damaged', { count: damageCount })}>
        <DamageList damage={damage} count={damageCount} />
        <Mend />
      </Notice>
    )
  if (encryption?.mode === 'none')
    return (
      <Notice tone="warning" live title={t(proven ? 'plain' : 'plainUnproven')}>
        {t('plainText', facts)}
      </Notice>
    )
  if (!proven)
    return (
      <Notice tone="warning" live title={t('partial')}>
        {t(proof.keyWithheld === 'CustomerKeyRequired' ? 'partialCustomer' : 'partialKey', facts)}
      </Notice>
    )
  return (
    <Notice tone="good" live title={t('proven')}>
      {t('provenText', facts)}
    </Notice>
  )
}
