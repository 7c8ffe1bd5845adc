'use client'
import { useQuery } from '@tanstack/react-query'
import { Pencil, ScrollText } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { Skeleton } from '@/components/ui/skeleton'
import { isEditable } from '@/lib/console/key-actions'
import { keyPolicyQuery } from '@/lib/console/queries/keys'
import type { KeyDetail } from '@/lib/console/schemas-keys'
import { PolicyEditor } from './policy-editor'
import { useMay } from './use-refusal'

/** The key's own policy in IAM's JSON; the default one leaves the key to the roles. */
export function PolicyCard({ of: key }: { of: KeyDetail }) {
  const t = useTranslations()
  const { projectId } = useProject()
  const policy = useQuery(keyPolicyQuery(projectId, key.keyId))
  const [editing, setEditing] = useState(false)
  const refusal = useMay(key.keyId)('kms:PutKeyPolicy')
  const why = key.isDefault ? t('keys.obstacles.default') : refusal
  const text = policy.data && pretty(policy.data.policy)
  return (
    <SectionCard
      id="key-policy"
      title={t('keys.policy.title')}
      icon={<ScrollText aria-hidden />}
      description={t('keys.policy.description')}
      actions={
        isEditable(key) &&
        !why &&
        text &&
        !editing && (
          <Button size="sm" onClick={() => setEditing(true)}>
            <Pencil aria-hidden />
            {t('keys.policy.edit')}
          </Button>
        )
      }
    >
      {policy.isError ? (
        <ErrorNotice error={policy.error} onRetry={() => void policy.refetch()} />
      ) : !text ? (
        <PolicySkeleton />
      ) : editing ? (
        <PolicyEditor of={key} initial={text} onClose={() => setEditing(false)} />
      ) : (
        <>
          <CodeBlock
            code={text}
            label={t('keys.policy.title')}
            copyLabel={t('keys.policy.copy')}
            copiedLabel={t('common.copied')}
          />
          {why && <p className="text-muted mt-3 text-xs">{why}</p>}
        </>
      )}
    </SectionCard>
  )
}

function PolicySkeleton() {
  return (
    <div aria-busy className="flex flex-col gap-3">
      {['w-1/4', 'w-2/5', 'w-1/3', 'w-3/5', 'w-3/5', 'w-1/2', 'w-1/3', 'w-1/4'].map((width, line) => (
        <Skeleton key={line} className={width} />
      ))}
    </div>
  )
}

function pretty(policy: string): string {
  try {
    return JSON.stringify(JSON.parse(policy), null, 2)
  } catch {
    return policy
  }
}
