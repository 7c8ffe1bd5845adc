'use client'
import { Pencil } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/field'
import { isEditable } from '@/lib/console/key-actions'
import { DESCRIPTION_LENGTH, type KeyDetail } from '@/lib/console/schemas-keys'
import { useKeyMutation } from './use-key-mutation'
import { useMay } from './use-refusal'

/** The description, changed where it stands. */
export function DescriptionField({ of: key }: { of: KeyDetail }) {
  const t = useTranslations('keys')
  const [editing, setEditing] = useState(false)
  const refusal = useMay(key.keyId)('kms:UpdateKeyDescription')
  if (editing) return <EditDescription of={key} onClose={() => setEditing(false)} />
  return (
    <span className="flex items-start gap-1">
      {key.description || <span className="text-muted">{t('noDescription')}</span>}
      {isEditable(key) && !refusal && (
        <Button
          variant="quiet"
          size="icon-sm"
          className="-my-1"
          aria-label={t('editDescription')}
          title={t('editDescription')}
          onClick={() => setEditing(true)}
        >
          <Pencil aria-hidden />
        </Button>
      )}
    </span>
  )
}

function EditDescription({ of: key, onClose }: { of: KeyDetail; onClose: () => void }) {
  const t = useTranslations()
  const [description, setDescription] = useState(key.description)
  const save = useKeyMutation(key.keyId, (client) => client.change(key.keyId, { description }), {
    done: t('keys.descriptionSaved'),
    onDone: onClose,
  })
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      {save.isError && <ErrorNotice error={save.error} />}
      <Input
        autoFocus
        aria-label={t('keys.descriptionLabel')}
        maxLength={DESCRIPTION_LENGTH}
        value={description}
        onChange={(event) => setDescription(event.target.value)}
      />
      <span className="flex gap-2">
        <Button type="submit" variant="primary" size="sm" busy={save.isPending}>
          {t('common.save')}
        </Button>
        <Button size="sm" onClick={onClose}>
          {t('common.cancel')}
        </Button>
      </span>
    </form>
  )
}
