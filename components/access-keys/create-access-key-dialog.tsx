'use client'
import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useMe, useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { projectClient } from '@/lib/console/client'
import type { CreatedAccessKey } from '@/lib/console/schemas'
import { credentialsFile } from './credentials-file'
import { useAccessKeysChanged } from './use-access-keys'

/** Makes an access key, then shows its secret: this once, until somebody says that it is kept. */
export function CreateAccessKeyDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations()
  const [created, setCreated] = useState<CreatedAccessKey>()
  const close = () => {
    setCreated(undefined)
    onClose()
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      held={created !== undefined}
      title={created ? t('accessKeys.created') : t('accessKeys.create')}
      description={created ? undefined : t('accessKeys.createDescription')}
      closeLabel={t('common.close')}
    >
      {open &&
        (created ? (
          <Secret created={created} onClose={close} />
        ) : (
          <CreateForm onCreated={setCreated} onClose={close} />
        ))}
    </Dialog>
  )
}

function CreateForm({
  onCreated,
  onClose,
}: {
  onCreated: (created: CreatedAccessKey) => void
  onClose: () => void
}) {
  const t = useTranslations()
  const { projectId } = useProject()
  const changed = useAccessKeysChanged()
  const [description, setDescription] = useState('')
  const create = useMutation({
    mutationFn: projectClient(projectId).createAccessKey,
    // the answer holds a secret: react-query shall not remember it
    gcTime: 0,
    onSuccess: onCreated,
    onSettled: changed,
  })
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate({ description })
      }}
    >
      <DialogBody className="flex flex-col gap-4">
        {create.isError && <ErrorNotice error={create.error} />}
        <Field
          label={t('accessKeys.descriptionLabel')}
          optional={t('common.optional')}
          hint={t('accessKeys.descriptionHint')}
        >
          <Input
            autoFocus
            maxLength={200}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        </Field>
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={create.isPending}>
          {t('accessKeys.createAction')}
        </Button>
      </DialogFooter>
    </form>
  )
}

function Secret({ created, onClose }: { created: CreatedAccessKey; onClose: () => void }) {
  const t = useTranslations('accessKeys')
  const { objectEndpoint, region } = useMe()
  return (
    <>
      <DialogBody className="flex flex-col gap-4">
        <Notice tone="warning" live title={t('secretOnceTitle')}>
          {t('secretOnce')}
        </Notice>
        <SecretLine
          label={t('columns.id')}
          text={created.accessKeyId}
          copy={t('copyId', { id: created.accessKeyId })}
        />
        <SecretLine label={t('secret')} text={created.secretAccessKey} copy={t('copySecret')} />
      </DialogBody>
      <DialogFooter
        start={
          <Button onClick={() => credentialsFile({ ...created, objectEndpoint, region })}>
            <Download aria-hidden />
            {t('downloadFile')}
          </Button>
        }
      >
        <Button variant="primary" onClick={onClose}>
          {t('kept')}
        </Button>
      </DialogFooter>
    </>
  )
}

function SecretLine({ label, text, copy }: { label: string; text: string; copy: string }) {
  const t = useTranslations('common')
  return (
    <Field label={label}>
      <div className="flex items-center gap-2">
        <Input
          readOnly
          value={text}
          className="font-mono text-xs"
          onFocus={(event) => event.target.select()}
        />
        <CopyButton variant="secondary" size="icon" text={text} label={copy} copiedLabel={t('copied')} />
      </div>
    </Field>
  )
}
