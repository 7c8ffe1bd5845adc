'use client'
import { useTranslations } from 'next-intl'
import { Dialog } from '@/components/ui/dialog'
import type { KeyAction } from '@/lib/console/key-actions'
import type { KeyDetail } from '@/lib/console/schemas-keys'
import { ConfirmAction, type ConfirmedAction } from './confirm-action'
import { ImportWizard } from './import-wizard'
import { useKeyTitle } from './key-title'
import { RotationForm } from './rotation-form'
import { ScheduleDeletionForm } from './schedule-deletion-form'

export interface KeyActionDialogProps {
  of: KeyDetail
  action: KeyAction | undefined
  onClose: () => void
  /** closes, too */
  onRotated: () => void
}

/** One dialog for whichever action was chosen: what it does and to whom, then the button. */
export function KeyActionDialog({ of: key, action, onClose, onRotated }: KeyActionDialogProps) {
  const t = useTranslations()
  const name = useKeyTitle()(key)
  const asks = action !== 'setRotation' && action !== 'import'
  return (
    <Dialog
      open={action !== undefined}
      onOpenChange={(open) => !open && onClose()}
      alert={asks}
      sticky
      width={action === 'import' || action === 'scheduleDeletion' ? 'lg' : 'md'}
      title={action ? t(`keys.actions.${action}.title`, { name }) : ''}
      description={action ? t(`keys.actions.${action}.text`) : undefined}
      closeLabel={t('common.close')}
    >
      {action && <ActionForm of={key} action={action} onClose={onClose} onRotated={onRotated} />}
    </Dialog>
  )
}

function ActionForm({ of: key, action, onClose, onRotated }: KeyActionDialogProps & { action: KeyAction }) {
  switch (action) {
    case 'setRotation':
      return <RotationForm of={key} onClose={onClose} />
    case 'import':
      return <ImportWizard of={key} onClose={onClose} />
    case 'scheduleDeletion':
      return <ScheduleDeletionForm of={key} onClose={onClose} />
    default:
      return (
        <ConfirmAction
          of={key}
          action={action satisfies ConfirmedAction}
          onClose={onClose}
          onDone={action === 'rotate' ? onRotated : onClose}
        />
      )
  }
}
