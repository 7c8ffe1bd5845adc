'use client'
import { ShieldEllipsis } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { EncryptionTargetForm } from '@/components/encryption/encryption-target-form'
import { isContextSound, type TargetDraft, type TargetMethod } from '@/components/encryption/target-draft'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useMe } from '@/components/shell/me'
import { useBytes } from '@/components/shell/use-bytes'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import type { ObjectInfo } from '@/lib/console/schemas'
import type { CustomerKeyJson } from '@/lib/console/schemas-modify-encryption'
import { currentDraft, effectOf, weakens, type Effect } from './change-needed'
import { CustomerKeyInput, type KeyInHand } from './customer-key-input'
import { targetJsonOf, useModifyEncryption } from './use-modify-encryption'

const METHODS: TargetMethod[] = ['managed-key', 'service-key', 'customer-key', 'none']

export interface ServerEncryptionCardProps {
  bucket: string
  object: ObjectInfo
  /** of a version that was asked for by its id */
  versionId: string | undefined
  /** the key that the file lies under and was opened with */
  openedWith: CustomerKeyJson | undefined
  /** with the customer's key that it lies under now, if any */
  onChanged: (key: CustomerKeyJson | undefined) => void
}

/** Server Encryption → choose → Save (COS console); what saving will cost is said before. */
export function ServerEncryptionCard({
  bucket,
  object,
  versionId,
  openedWith,
  onChanged,
}: ServerEncryptionCardProps) {
  const t = useTranslations()
  const { key: projectKey } = useMe()
  const { encryption } = object
  const [draft, setDraft] = useState<TargetDraft>(() => currentDraft(encryption, projectKey?.keyId))
  const [newKey, setNewKey] = useState<KeyInHand>()
  const modify = useModifyEncryption(bucket, object.key)
  const effect = effectOf(encryption, draft, projectKey?.keyId)
  const needsKey = draft.method === 'customer-key' && !newKey?.kept
  const wrong = draft.method === 'managed-key' && !isContextSound(draft.context)
  const save = () => {
    const target = targetJsonOf(draft, newKey?.key)
    modify.mutate(
      { key: object.key, versionId, target, ...(openedWith && { customerKey: openedWith }) },
      { onSuccess: () => onChanged(draft.method === 'customer-key' ? newKey?.key : undefined) },
    )
  }
  return (
    <SectionCard
      id="server-encryption"
      title={t('objectEncryption.title')}
      icon={<ShieldEllipsis aria-hidden />}
      description={t('objectEncryption.description')}
    >
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (effect !== 'unchanged' && !needsKey && !wrong) save()
        }}
      >
        {modify.isError && <ErrorNotice error={modify.error} />}
        <EncryptionTargetForm
          value={draft}
          onChange={(next) => {
            if (next.suite !== draft.suite) setNewKey(undefined)
            setDraft(next)
          }}
          methods={METHODS}
          disabled={modify.isPending}
          customerKey={
            <CustomerKeyInput
              key={draft.suite}
              mayMake
              suite={draft.suite}
              uri={`s3://${bucket}/${object.key}`}
              value={newKey}
              onChange={setNewKey}
              disabled={modify.isPending}
            />
          }
        />
        <EffectNotice effect={effect} size={object.size} weakens={weakens(encryption, draft)} />
        <div>
          <Button
            type="submit"
            variant="primary"
            disabled={effect === 'unchanged' || needsKey || wrong}
            busy={modify.isPending}
          >
            {t('common.save')}
          </Button>
        </div>
      </form>
    </SectionCard>
  )
}

function EffectNotice({ effect, size, weakens }: { effect: Effect; size: number; weakens: boolean }) {
  const t = useTranslations('objectEncryption.effect')
  const bytes = useBytes()
  if (effect === 'unchanged') return <p className="text-muted text-sm">{t('unchanged')}</p>
  return (
    <Notice tone={weakens ? 'danger' : 'info'} title={t(`${effect}.title`)} live>
      {t(`${effect}.text`, { size: bytes(size) })}
      {weakens && <p className="mt-1 font-medium">{t('weakens')}</p>}
    </Notice>
  )
}
