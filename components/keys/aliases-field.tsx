'use client'
import { Plus, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState, type FormEvent } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { Mono } from '@/components/ui/property-list'
import { Tooltip } from '@/components/ui/tooltip'
import { isEditable } from '@/lib/console/key-actions'
import { aliasNameSchema, RESERVED_ALIAS, type KeyDetail } from '@/lib/console/schemas-keys'
import { Consequences } from './consequences'
import { bareAlias } from './key-title'
import { useKeyMutation } from './use-key-mutation'
import { useMay } from './use-refusal'

type Asked = { kind: 'add' } | { kind: 'remove'; alias: string }

/** What people and programs may call the key; an alias can move to another key, the id cannot. */
export function AliasesField({ of: key }: { of: KeyDetail }) {
  const t = useTranslations('keys')
  const [asked, setAsked] = useState<Asked>()
  const may = useMay(key.keyId)
  const editable = isEditable(key)
  const refusal = may('kms:CreateAlias')
  return (
    <div className="flex flex-col items-start gap-1.5">
      {key.aliases.length === 0 && <span className="text-muted">{t('noAlias')}</span>}
      <ul className="contents">
        {key.aliases.map((alias) => (
          <li key={alias} className="flex items-center gap-1">
            <Mono>{alias}</Mono>
            {editable && !may('kms:DeleteAlias') && (
              <Button
                variant="quiet"
                size="icon-sm"
                className="-my-1"
                aria-label={t('removeAlias', { alias })}
                title={t('removeAlias', { alias })}
                onClick={() => setAsked({ kind: 'remove', alias })}
              >
                <X aria-hidden />
              </Button>
            )}
          </li>
        ))}
      </ul>
      {editable &&
        (refusal ? (
          <Tooltip content={refusal}>
            <span className="text-faint text-xs">{t('aliasesLocked')}</span>
          </Tooltip>
        ) : (
          <Button variant="quiet" size="sm" className="-ml-2" onClick={() => setAsked({ kind: 'add' })}>
            <Plus aria-hidden />
            {t('addAlias')}
          </Button>
        ))}
      <AliasDialog of={key} asked={asked} onClose={() => setAsked(undefined)} />
    </div>
  )
}

function AliasDialog({
  of: key,
  asked,
  onClose,
}: {
  of: KeyDetail
  asked: Asked | undefined
  onClose: () => void
}) {
  const t = useTranslations()
  const removing = asked?.kind === 'remove'
  return (
    <Dialog
      open={asked !== undefined}
      onOpenChange={(open) => !open && onClose()}
      alert={removing}
      width="sm"
      title={removing ? t('keys.removeAliasTitle') : t('keys.addAlias')}
      description={removing ? asked.alias : t('keys.addAliasText')}
      closeLabel={t('common.close')}
    >
      {asked?.kind === 'add' && <AddAlias of={key} onClose={onClose} />}
      {asked?.kind === 'remove' && <RemoveAlias of={key} alias={asked.alias} onClose={onClose} />}
    </Dialog>
  )
}

function AddAlias({ of: key, onClose }: { of: KeyDetail; onClose: () => void }) {
  const t = useTranslations()
  const [alias, setAlias] = useState('')
  const [submitted, setSubmitted] = useState(false)
  const valid = aliasNameSchema.safeParse(alias).success
  const add = useKeyMutation(key.keyId, (client, name: string) => client.addAlias(key.keyId, name), {
    done: t('keys.aliasAdded'),
    onDone: onClose,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setSubmitted(true)
    if (valid) add.mutate(alias)
  }
  return (
    <form noValidate onSubmit={submit} className="contents">
      <DialogBody className="flex flex-col gap-4">
        {add.isError && <ErrorNotice error={add.error} />}
        <Field
          label={t('keys.alias')}
          hint={t('keys.aliasHint')}
          error={
            submitted && !valid
              ? t(
                  RESERVED_ALIAS.test(alias)
                    ? 'keys.aliasReserved'
                    : alias
                      ? 'keys.aliasWrong'
                      : 'keys.aliasMissing',
                )
              : undefined
          }
        >
          <Input
            autoFocus
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={alias}
            onChange={(event) => setAlias(event.target.value)}
          />
        </Field>
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={add.isPending}>
          {t('keys.addAlias')}
        </Button>
      </DialogFooter>
    </form>
  )
}

function RemoveAlias({ of: key, alias, onClose }: { of: KeyDetail; alias: string; onClose: () => void }) {
  const t = useTranslations()
  const remove = useKeyMutation(key.keyId, (client) => client.removeAlias(key.keyId, alias), {
    done: t('keys.aliasRemoved'),
    onDone: onClose,
  })
  const rules = key.radius?.buckets.filter(({ namedByRule }) => namedByRule).length ?? 0
  return (
    <>
      <DialogBody className="flex flex-col gap-4">
        {remove.isError && <ErrorNotice error={remove.error} />}
        <Consequences
          dangerous
          items={[
            t('keys.removeAliasClients', { alias: bareAlias(alias) }),
            t('keys.removeAliasRules', { count: rules }),
            t('keys.removeAliasObjects'),
          ]}
        />
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
          {t('keys.removeAliasConfirm')}
        </Button>
      </DialogFooter>
    </>
  )
}
