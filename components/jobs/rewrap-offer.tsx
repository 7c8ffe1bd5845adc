'use client'
import { RefreshCw } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import type { KeyDetail } from '@/lib/console/schemas-keys'
import { useModifyEncryption } from './modify-encryption'
import type { ModifyEncryption } from './modify-encryption-dialog'

function toNewestVersion(keyId: string): ModifyEncryption {
  return { selection: { kind: 'key', keyId, olderVersionsOnly: true }, target: { kind: 'newest-version' } }
}

/** How many object versions are wrapped by a version that rotations have replaced. */
export function objectsOnOlderVersions({ radius, currentVersion }: KeyDetail): number {
  return (radius?.versions ?? [])
    .filter(({ version }) => version < currentVersion)
    .reduce((sum, { objects }) => sum + objects, 0)
}

/** On the card of versions: what still hangs on older ones, and the job that moves it to the newest. */
export function RewrapOffer({ of: key }: { of: KeyDetail }) {
  const t = useTranslations('jobs.rewrap')
  const modifyEncryption = useModifyEncryption()
  const count = objectsOnOlderVersions(key)
  if (count === 0 || key.state !== 'Enabled') return null
  return (
    <Notice
      title={t('older', { count })}
      actions={
        <Button size="sm" onClick={() => modifyEncryption(toNewestVersion(key.keyId))}>
          <RefreshCw aria-hidden />
          {t('action', { version: key.currentVersion })}
        </Button>
      }
    >
      {t('text', { version: key.currentVersion })}
    </Notice>
  )
}

export interface AfterRotationProps {
  of: KeyDetail
  /** the key was just rotated by hand */
  open: boolean
  onClose: () => void
}

/** Right after a rotation: the same offer, while it is on the mind. Later it stands on the card of versions. */
export function AfterRotation({ of: key, open, onClose }: AfterRotationProps) {
  const t = useTranslations()
  const modifyEncryption = useModifyEncryption()
  const count = objectsOnOlderVersions(key)
  return (
    <Dialog
      open={open && count > 0}
      onOpenChange={(next) => !next && onClose()}
      width="sm"
      title={t('jobs.rewrap.rotated', { version: key.currentVersion })}
      closeLabel={t('common.close')}
    >
      <DialogBody className="flex flex-col gap-2 text-sm">
        <p className="font-medium">{t('jobs.rewrap.older', { count })}</p>
        <p className="text-muted">{t('jobs.rewrap.text', { version: key.currentVersion })}</p>
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('jobs.rewrap.later')}</Button>
        <Button
          variant="primary"
          onClick={() => {
            onClose()
            modifyEncryption(toNewestVersion(key.keyId))
          }}
        >
          {t('jobs.rewrap.action', { version: key.currentVersion })}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}
