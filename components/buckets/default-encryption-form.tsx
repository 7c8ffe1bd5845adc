'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { RuleBadge } from '@/components/encryption/encryption-badge'
import { RuleField } from '@/components/encryption/rule-field'
import { ruleName, ruleOf, type RuleName } from '@/components/encryption/suites'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { toast } from '@/components/ui/toaster'
import { projectClient } from '@/lib/console/client'
import { bucketKey, bucketsKey } from '@/lib/console/queries/buckets'
import type { Bucket } from '@/lib/console/schemas'

export interface DefaultEncryptionFormProps {
  bucket: Bucket
  onSaved: () => void
}

export function DefaultEncryptionForm({ bucket, onSaved }: DefaultEncryptionFormProps) {
  const t = useTranslations()
  const current = ruleName(bucket.encryption)
  const [rule, setRule] = useState<RuleName | ''>(current ?? '')
  const save = useSaveEncryption(bucket.name)
  return (
    <SectionCard
      id="bucket-encryption"
      title={t('encryption.defaultEncryption')}
      icon={<ShieldCheck aria-hidden />}
      description={t('buckets.defaultEncryptionDescription')}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (rule) save.mutate({ encryption: ruleOf(rule) }, { onSuccess: onSaved })
        }}
      >
        {save.isError && <ErrorNotice error={save.error} />}
        {!current && (
          <Notice title={t('buckets.foreignRule')}>
            <RuleBadge rule={bucket.encryption} />
          </Notice>
        )}
        <RuleField legendHidden value={rule as RuleName} onChange={setRule} disabled={save.isPending} />
        {rule !== (current ?? '') && (
          <Notice tone={rule === 'none' ? 'warning' : 'info'}>
            {rule === 'none'
              ? t('buckets.ruleOffNote')
              : t('buckets.ruleChangeNote', { count: bucket.objects })}
          </Notice>
        )}
        <div>
          <Button type="submit" variant="primary" busy={save.isPending} disabled={!rule || rule === current}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </SectionCard>
  )
}

function useSaveEncryption(bucket: string) {
  const t = useTranslations('buckets')
  const { projectId } = useProject()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: Parameters<ReturnType<typeof projectClient>['changeBucket']>[1]) =>
      projectClient(projectId).changeBucket(bucket, body),
    onSuccess: (changed) => {
      queryClient.setQueryData(bucketKey(projectId, bucket), changed)
      void queryClient.invalidateQueries({ queryKey: bucketsKey(projectId) })
      toast.success(t('ruleSaved'))
    },
  })
}
