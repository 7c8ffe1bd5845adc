'use client'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { Dialog, DialogFooter } from '@/components/ui/dialog'
import type { AccessKey } from '@/lib/console/schemas'
import { useDeleteAccessKey, useSetAccessKeyState } from './use-access-keys'

export interface AccessKeyAction {
  kind: 'deactivate' | 'delete'
  accessKey: AccessKey
}

/** Programs that use a key stop working the moment it is deactivated or deleted: say so first. */
export function AccessKeyConfirm({
  action,
  onClose,
}: {
  action: AccessKeyAction | undefined
  onClose: () => void
}) {
  const t = useTranslations()
  const setState = useSetAccessKeyState()
  const remove = useDeleteAccessKey()
  const kind = action?.kind ?? 'delete'
  const accessKeyId = action?.accessKey.accessKeyId ?? ''
  const confirm = () => {
    if (kind === 'delete') remove.mutate(accessKeyId, { onSettled: onClose })
    else setState.mutate({ accessKeyId, state: 'Inactive' }, { onSettled: onClose })
  }
  return (
    <Dialog
      open={action !== undefined}
      onOpenChange={(open) => !open && onClose()}
      alert
      width="sm"
      title={t(`accessKeys.confirm.${kind}.title`)}
      description={t(`accessKeys.confirm.${kind}.text`, { id: accessKeyId })}
      closeLabel={t('common.close')}
    >
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button variant="danger" busy={setState.isPending || remove.isPending} onClick={confirm}>
          {t(`accessKeys.${kind}`)}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}
