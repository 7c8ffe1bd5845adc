'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { DialogBody, DialogFooter } from '@/components/ui/dialog'
import {
  ROTATION_DAYS,
  rotationDaysSchema,
  type ChangeRotation,
  type KeyDetail,
} from '@/lib/console/schemas-keys'
import { RotationFields } from './rotation-fields'
import { useKeyMutation } from './use-key-mutation'

export function RotationForm({ of: key, onClose }: { of: KeyDetail; onClose: () => void }) {
  const t = useTranslations()
  const [rotates, setRotates] = useState(key.rotation?.enabled || key.isDefault)
  const [days, setDays] = useState(key.rotation?.periodDays ?? ROTATION_DAYS.usual)
  const wrong = rotates && !rotationDaysSchema.safeParse(days).success
  const save = useKeyMutation(
    key.keyId,
    (client, rotation: ChangeRotation) => client.changeRotation(key.keyId, rotation),
    { done: t('keys.actions.setRotation.done'), onDone: onClose },
  )
  return (
    <form
      noValidate
      className="contents"
      onSubmit={(event) => {
        event.preventDefault()
        if (!wrong) save.mutate(rotates ? { enabled: true, periodDays: days } : { enabled: false })
      }}
    >
      <DialogBody className="flex flex-col gap-4">
        {save.isError && <ErrorNotice error={save.error} />}
        <RotationFields
          rotates={rotates}
          onRotates={setRotates}
          days={days}
          onDays={setDays}
          error={wrong}
          always={key.isDefault}
        />
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={save.isPending}>
          {t('common.save')}
        </Button>
      </DialogFooter>
    </form>
  )
}
