'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useId, useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { keyAccessQuery } from '@/lib/console/queries/keys'
import {
  createGrantSchema,
  GRANT_OPERATIONS,
  type CreateGrant,
  type GrantOperation,
  type KeyDetail,
} from '@/lib/console/schemas-keys'
import { useKeyMutation } from './use-key-mutation'

export interface CreateGrantDialogProps {
  of: KeyDetail
  open: boolean
  onClose: () => void
}

/** Gives one member some uses of the key, if wished only with an encryption context. */
export function CreateGrantDialog({ of: key, open, onClose }: CreateGrantDialogProps) {
  const t = useTranslations()
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={t('keys.grants.create')}
      description={t('keys.grants.createText')}
      closeLabel={t('common.close')}
    >
      {open && <CreateGrantForm of={key} onClose={onClose} />}
    </Dialog>
  )
}

function CreateGrantForm({ of: key, onClose }: { of: KeyDetail; onClose: () => void }) {
  const t = useTranslations()
  const { projectId } = useProject()
  const { data } = useQuery(keyAccessQuery(projectId, key.keyId))
  const [grantee, setGrantee] = useState<string>('')
  const [name, setName] = useState('')
  const [operations, setOperations] = useState<GrantOperation[]>(['Decrypt', 'DescribeKey'])
  const [context, setContext] = useState({ name: '', value: '' })
  const create = useKeyMutation(
    key.keyId,
    (client, body: CreateGrant) => client.createGrant(key.keyId, body),
    {
      done: t('keys.grants.created'),
      onDone: onClose,
    },
  )
  const body = {
    granteePrincipal: grantee,
    operations,
    ...(name ? { name } : {}),
    constraints: context.name ? { encryptionContextSubset: { [context.name]: context.value } } : {},
  }
  const parsed = createGrantSchema.safeParse(body)
  const members = data?.members ?? []
  return (
    <form
      noValidate
      className="contents"
      onSubmit={(event) => {
        event.preventDefault()
        if (parsed.success) create.mutate(parsed.data)
      }}
    >
      <DialogBody className="flex flex-col gap-5">
        {create.isError && <ErrorNotice error={create.error} />}
        <div className="flex flex-col gap-1.5">
          <span className="text-sm font-medium" aria-hidden>
            {t('keys.grants.grantee')}
          </span>
          <Select
            label={t('keys.grants.grantee')}
            value={grantee}
            onChange={setGrantee}
            options={[
              { value: '', label: t('keys.grants.chooseGrantee') },
              ...members.map(({ principal, name: member, email }) => ({
                value: principal,
                label: member,
                description: email,
              })),
            ]}
          />
        </div>
        <OperationsField value={operations} onChange={setOperations} />
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label={t('keys.grants.contextName')} optional={t('common.optional')}>
            <Input
              autoComplete="off"
              spellCheck={false}
              value={context.name}
              onChange={(event) => setContext({ ...context, name: event.target.value })}
            />
          </Field>
          <Field label={t('keys.grants.contextValue')} optional={t('common.optional')}>
            <Input
              autoComplete="off"
              spellCheck={false}
              value={context.value}
              onChange={(event) => setContext({ ...context, value: event.target.value })}
            />
          </Field>
          <p className="text-muted -mt-1 text-xs sm:col-span-2">{t('keys.grants.contextHint')}</p>
        </div>
        <Field label={t('keys.grants.name')} optional={t('common.optional')} hint={t('keys.grants.nameHint')}>
          <Input
            autoComplete="off"
            spellCheck={false}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" disabled={!parsed.success} busy={create.isPending}>
          {t('keys.grants.create')}
        </Button>
      </DialogFooter>
    </form>
  )
}

function OperationsField({
  value,
  onChange,
}: {
  value: GrantOperation[]
  onChange: (value: GrantOperation[]) => void
}) {
  const t = useTranslations('keys.grants')
  const id = useId()
  const toggle = (operation: GrantOperation, on: boolean) =>
    onChange(on ? [...value, operation] : value.filter((one) => one !== operation))
  return (
    <div role="group" aria-labelledby={id}>
      <p id={id} className="mb-2 text-sm font-medium">
        {t('operations')}
      </p>
      <div className="grid gap-2 sm:grid-cols-2">
        {GRANT_OPERATIONS.map((operation) => (
          <div key={operation} className="flex items-center gap-2.5">
            <Checkbox
              aria-labelledby={`${id}-${operation}`}
              checked={value.includes(operation)}
              onChange={(on) => toggle(operation, on)}
            />
            <span
              id={`${id}-${operation}`}
              className="cursor-default font-mono text-xs"
              onClick={() => toggle(operation, !value.includes(operation))}
            >
              {operation}
            </span>
          </div>
        ))}
      </div>
    </div>
  )
}
