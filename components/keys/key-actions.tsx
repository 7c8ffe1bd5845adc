'use client'
import {
  CirclePause,
  CirclePlay,
  Eraser,
  Import,
  MoreHorizontal,
  RefreshCw,
  Timer,
  Trash2,
  Undo2,
} from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Fragment, useState } from 'react'
import { AfterRotation } from '@/components/jobs/rewrap-offer'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu'
import { obstacleTo, offeredActions, type KeyAction } from '@/lib/console/key-actions'
import type { KeyDetail } from '@/lib/console/schemas-keys'
import { KeyActionDialog } from './key-action-dialog'
import { useRefusal } from './use-refusal'

const ICONS: Record<KeyAction, typeof Import> = {
  rotate: RefreshCw,
  setRotation: Timer,
  import: Import,
  deleteMaterial: Eraser,
  enable: CirclePlay,
  disable: CirclePause,
  scheduleDeletion: Trash2,
  cancelDeletion: Undo2,
}
const DANGEROUS: ReadonlySet<KeyAction> = new Set(['deleteMaterial', 'disable', 'scheduleDeletion'])

/** Everything that can be done to the key; what cannot be done says why. Each opens a dialog with its consequences. */
export function KeyActions({ of: key }: { of: KeyDetail }) {
  const t = useTranslations('keys')
  const [action, setAction] = useState<KeyAction>()
  const [rotated, setRotated] = useState(false)
  const offered = offeredActions(key)
  if (offered.length === 0) return null
  const urgent = urgentAction(key)
  return (
    <div className="flex items-center gap-2">
      {urgent && (
        <Button variant="primary" onClick={() => setAction(urgent)}>
          <Icon of={urgent} />
          {t(`actions.${urgent}.name`)}
        </Button>
      )}
      <Menu
        trigger={
          <Button>
            <MoreHorizontal aria-hidden />
            {t('actions.menu')}
          </Button>
        }
      >
        {offered.map((one) => (
          <Fragment key={one}>
            {(one === 'enable' || one === 'disable') && <MenuSeparator />}
            <ActionItem of={key} action={one} onChoose={() => setAction(one)} />
          </Fragment>
        ))}
      </Menu>
      <KeyActionDialog
        of={key}
        action={action}
        onClose={() => setAction(undefined)}
        onRotated={() => {
          setAction(undefined)
          setRotated(true)
        }}
      />
      <AfterRotation of={key} open={rotated} onClose={() => setRotated(false)} />
    </div>
  )
}

function ActionItem({
  of: key,
  action,
  onChoose,
}: {
  of: KeyDetail
  action: KeyAction
  onChoose: () => void
}) {
  const t = useTranslations('keys')
  const refusal = useRefusal(key.keyId)(action)
  const obstacle = obstacleTo(action, key)
  const why = obstacle ? t(`obstacles.${obstacle}`) : refusal
  return (
    <MenuItem
      icon={<Icon of={action} />}
      danger={DANGEROUS.has(action) && !why}
      disabled={why !== undefined}
      onClick={onChoose}
    >
      <span className="max-w-72">
        <span className="block">{t(`actions.${action}.name`)}</span>
        {why && <span className="block text-xs">{why}</span>}
      </span>
    </MenuItem>
  )
}

/** What a key in this state waits for. */
function urgentAction(key: KeyDetail): KeyAction | undefined {
  if (key.state === 'PendingDeletion') return 'cancelDeletion'
  if (key.state === 'PendingImport') return 'import'
  if (key.state === 'Disabled') return 'enable'
  return key.origin === 'AWS_KMS' ? 'rotate' : undefined
}

function Icon({ of: action }: { of: KeyAction }) {
  const Shape = ICONS[action]
  return <Shape aria-hidden />
}
