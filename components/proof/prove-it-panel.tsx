'use client'
import { useQuery } from '@tanstack/react-query'
import { ScanSearch } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { useBytes } from '@/components/shell/use-bytes'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { Progress } from '@/components/ui/progress'
import type { ProofProgress } from '@/lib/console/proof-client'
import { proofStateQuery } from '@/lib/console/queries/proof'
import type { EncryptionProperties, ObjectAt } from '@/lib/console/schemas'
import { CustomerKeyField } from './customer-key-field'
import { FindingNotice } from './finding-notice'
import { ProofResult } from './proof-result'
import { useProof } from './use-proof'

export interface ProveItPanelProps {
  bucket: string
  at: ObjectAt
  /** undefined: not known (yet), or the file's own row cannot be read */
  encryption: EncryptionProperties | undefined
}

/** Has the stored bytes of a file read and checked, shows what came of it, and gives a receipt to keep. */
export function ProveItPanel({ bucket, at, encryption }: ProveItPanelProps) {
  const t = useTranslations('proof')
  const { projectId } = useProject()
  const known = useQuery(proofStateQuery(projectId, bucket, at))
  const proof = useProof(bucket)
  const [customerKey, setCustomerKey] = useState('')
  const suite = encryption?.mode === 'customer-key' ? encryption.suite : undefined
  const run = () =>
    proof.mutate({
      ...at,
      ...(suite && customerKey && { customerKey: { suite, key: customerKey } }),
    })
  return (
    <SectionCard
      id="prove-it"
      title={t('title')}
      icon={<ScanSearch aria-hidden />}
      description={t('description')}
      actions={
        <Button variant="primary" busy={proof.isPending} onClick={run}>
          {t(proof.data ? 'again' : 'run')}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        {!proof.data && known.data?.finding && <FindingNotice finding={known.data.finding} />}
        {suite && <CustomerKeyField suite={suite} value={customerKey} onChange={setCustomerKey} />}
        {proof.isPending && <Reading progress={proof.progress} />}
        {proof.isError && <ErrorNotice error={proof.error} onRetry={run} />}
        {proof.data && !proof.isPending && <ProofResult proof={proof.data} />}
        {proof.isIdle && <p className="text-muted text-sm text-pretty">{t('idle')}</p>}
      </div>
    </SectionCard>
  )
}

function Reading({ progress }: { progress: ProofProgress | undefined }) {
  const t = useTranslations('proof')
  const bytes = useBytes()
  const { read = 0, size = 0 } = progress ?? {}
  // Stored bytes are a few more than the content's.
  const value = size > 0 ? Math.min(100, (read / size) * 100) : null
  return (
    <div className="flex flex-col gap-1.5">
      <Progress value={value} label={t('reading')} />
      <p className="text-muted text-xs tabular-nums" role="status">
        {t('readSoFar', { read: bytes(read) })}
      </p>
    </div>
  )
}
