'use client'
import { useTranslations } from 'next-intl'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { DialogBody, DialogFooter } from '@/components/ui/dialog'
import type { KeyAction } from '@/lib/console/key-actions'
import type { KeysClient } from '@/lib/console/keys-client'
import type { KeyDetail } from '@/lib/console/schemas-keys'
import { RadiusBox } from './blast-radius'
import { Consequences } from './consequences'
import { useKeyMutation } from './use-key-mutation'

export type ConfirmedAction = Exclude<KeyAction, 'setRotation' | 'import' | 'scheduleDeletion'>

const ACTS: Record<ConfirmedAction, (client: KeysClient, keyId: string) => Promise<unknown>> = {
  rotate: (client, keyId) => client.rotateNow(keyId),
  enable: (client, keyId) => client.change(keyId, { enabled: true }),
  disable: (client, keyId) => client.change(keyId, { enabled: false }),
  cancelDeletion: (client, keyId) => client.cancelDeletion(keyId),
  deleteMaterial: (client, keyId) => client.deleteMaterial(keyId),
}

/** These take something away from whoever uses the key now. */
const ENDANGERS: ReadonlySet<ConfirmedAction> = new Set(['disable', 'deleteMaterial'])

const CONSEQUENCES = {
  rotate: ['newVersion', 'oldReadable', 'nothingRewritten', 'sameId'],
  enable: ['works'],
  disable: ['reads', 'writes', 'undo'],
  cancelDeletion: ['staysDisabled'],
  deleteMaterial: ['reads', 'sameMaterial', 'keepCopy'],
} as const satisfies Record<ConfirmedAction, readonly string[]>

/** An action without a choice to make: its consequences, what hangs on the key, and the button. */
export function ConfirmAction({
  of: key,
  action,
  onClose,
  onDone = onClose,
}: {
  of: KeyDetail
  action: ConfirmedAction
  onClose: () => void
  /** instead of just closing */
  onDone?: (() => void) | undefined
}) {
  const t = useTranslations()
  const act = useKeyMutation(key.keyId, (client) => ACTS[action](client, key.keyId), {
    done: t(`keys.actions.${action}.done`),
    onDone,
  })
  const dangerous = ENDANGERS.has(action)
  return (
    <>
      <DialogBody className="flex flex-col gap-4">
        {act.isError && <ErrorNotice error={act.error} />}
        <Consequences
          dangerous={dangerous}
          items={CONSEQUENCES[action].map((one) =>
            t(`keys.actions.${action}.consequences.${one}` as 'keys.actions.rotate.consequences.newVersion', {
              version: key.currentVersion + 1,
              count: key.radius?.objects ?? 0,
            }),
          )}
        />
        {dangerous && key.radius && <RadiusBox radius={key.radius} />}
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button variant={dangerous ? 'danger' : 'primary'} busy={act.isPending} onClick={() => act.mutate()}>
          {t(`keys.actions.${action}.confirm`)}
        </Button>
      </DialogFooter>
    </>
  )
}
