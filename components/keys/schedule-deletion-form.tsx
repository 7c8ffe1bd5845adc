'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { WAITING_DAYS, type KeyDetail, type ScheduleDeletion } from '@/lib/console/schemas-keys'
import { isHarmless, RadiusBox } from './blast-radius'
import { Consequences } from './consequences'
import { confirmationOf } from './key-title'
import { useKeyMutation } from './use-key-mutation'

const DAY = 86_400_000

/**
 * Deleting a key destroys what is encrypted with it (crypto-shredding). While objects hang on it, only an owner can,
 * and only by typing the key's name.
 */
export function ScheduleDeletionForm({ of: key, onClose }: { of: KeyDetail; onClose: () => void }) {
  const t = useTranslations()
  const { role } = useProject()
  const [days, setDays] = useState<number>(WAITING_DAYS.usual)
  const [destroys, setDestroys] = useState(false)
  const [typed, setTyped] = useState('')
  const name = confirmationOf(key)
  const depends = key.radius !== undefined && key.radius.objects + key.radius.uploads > 0
  const owner = role === 'owner'
  const schedule = useKeyMutation(
    key.keyId,
    (client, body: ScheduleDeletion) => client.scheduleDeletion(key.keyId, body),
    { done: t('keys.actions.scheduleDeletion.done'), onDone: onClose },
  )
  const wrongDays = !Number.isInteger(days) || days < WAITING_DAYS.least || days > WAITING_DAYS.most
  const ready = !wrongDays && (!depends || (owner && destroys && typed === name))
  return (
    <form
      noValidate
      className="contents"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready)
          schedule.mutate({ pendingWindowDays: days, ...(depends ? { destroyDependents: typed } : {}) })
      }}
    >
      <DialogBody className="flex flex-col gap-4">
        {schedule.isError && <ErrorNotice error={schedule.error} />}
        <What of={key} depends={depends} days={wrongDays ? WAITING_DAYS.usual : days} />
        {key.radius && !isHarmless(key.radius) && <RadiusBox radius={key.radius} />}
        {depends && !owner && (
          <Notice tone="warning" title={t('keys.deletion.onlyOwner')}>
            {t('keys.deletion.onlyOwnerText')}
          </Notice>
        )}
        <Field
          label={t('keys.deletion.waitingDays')}
          hint={wrongDays ? undefined : t('keys.deletion.waitingHint', WAITING_DAYS)}
          error={wrongDays ? t('keys.deletion.waitingHint', WAITING_DAYS) : undefined}
        >
          <Input
            type="number"
            inputMode="numeric"
            min={WAITING_DAYS.least}
            max={WAITING_DAYS.most}
            value={Number.isNaN(days) ? '' : days}
            onChange={(event) => setDays(event.target.valueAsNumber)}
            className="max-w-36 tabular-nums"
          />
        </Field>
        {depends && owner && (
          <Destruction
            count={key.radius?.objects ?? 0}
            name={name}
            destroys={destroys}
            onDestroys={setDestroys}
            typed={typed}
            onTyped={setTyped}
          />
        )}
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="danger" disabled={!ready} busy={schedule.isPending}>
          {t(`keys.actions.scheduleDeletion.${depends ? 'confirmDestroying' : 'confirm'}`)}
        </Button>
      </DialogFooter>
    </form>
  )
}

function What({ of: key, depends, days }: { of: KeyDetail; depends: boolean; days: number }) {
  const t = useTranslations('keys.deletion')
  const format = useFormatter()
  const [now] = useState(() => Date.now())
  const at = format.dateTime(now + days * DAY, { dateStyle: 'long' })
  return (
    <Consequences
      dangerous
      items={[
        t('atOnce'),
        t('until', { at, days }),
        depends ? t('objectsLost', { count: key.radius?.objects ?? 0, at }) : t('nothingLost'),
        t('idNeverReused'),
      ]}
    />
  )
}

interface DestructionProps {
  count: number
  name: string
  destroys: boolean
  onDestroys: (destroys: boolean) => void
  typed: string
  onTyped: (typed: string) => void
}

function Destruction({ count, name, destroys, onDestroys, typed, onTyped }: DestructionProps) {
  const t = useTranslations('keys.deletion')
  return (
    <fieldset className="rounded-card border-danger bg-danger-soft flex flex-col gap-3 border p-4">
      <legend className="sr-only">{t('destroyLegend')}</legend>
      <div className="flex items-start gap-2.5">
        <Checkbox aria-labelledby="destroys-label" checked={destroys} onChange={onDestroys} />
        <span
          id="destroys-label"
          className="text-danger-ink cursor-default text-sm font-medium"
          onClick={() => onDestroys(!destroys)}
        >
          {t('destroy', { count })}
        </span>
      </div>
      <Field
        label={
          <>
            {t.rich('typeAlias', {
              name,
              code: (chunks) => <code className="font-mono text-xs wrap-anywhere select-all">{chunks}</code>,
            })}
          </>
        }
      >
        <Input
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          disabled={!destroys}
          value={typed}
          onChange={(event) => onTyped(event.target.value)}
          className="font-mono"
        />
      </Field>
    </fieldset>
  )
}
