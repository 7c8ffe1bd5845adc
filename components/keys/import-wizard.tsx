'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState, type ReactNode } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code-block'
import { DialogBody, DialogFooter } from '@/components/ui/dialog'
import { FileField } from '@/components/ui/file-field'
import { Notice } from '@/components/ui/notice'
import { IMPORT_FILES, importCommands } from '@/lib/console/import-commands'
import { keysClient } from '@/lib/console/keys-client'
import { MATERIAL_BYTES, type ImportMaterial, type KeyDetail } from '@/lib/console/schemas-keys'
import { base64Of } from './binary-file'
import { ImportExpiry } from './import-expiry'
import { ImportParametersStep } from './import-parameters-step'
import { useKeyMutation } from './use-key-mutation'

interface Chosen {
  name: string
  base64: string
}

/** An RSA-4096 ciphertext has 512 bytes, a token a little more: what is larger is the wrong file. */
const MOST_BYTES = 6144

/**
 * Brings key material along (KMS Developer Guide, "Importing key material"): get a wrapping key, encrypt with it where
 * the material is, upload the result. The material itself never leaves the person's machine in the clear.
 */
export function ImportWizard({ of: key, onClose }: { of: KeyDetail; onClose: () => void }) {
  const t = useTranslations()
  const { projectId } = useProject()
  const parameters = useMutation({ mutationFn: keysClient(projectId).importParameters.bind(null, key.keyId) })
  const [material, setMaterial] = useState<Chosen>()
  const [ownToken, setOwnToken] = useState<Chosen>()
  const [validTo, setValidTo] = useState<number>()
  const [tooLarge, setTooLarge] = useState(false)
  const token = ownToken?.base64 ?? parameters.data?.importToken
  const send = useKeyMutation(
    key.keyId,
    (client, body: ImportMaterial) => client.importMaterial(key.keyId, body),
    { done: t('keys.actions.import.done'), onDone: onClose },
  )
  const choose = (keep: (chosen: Chosen) => void) => async (file: File) => {
    setTooLarge(file.size > MOST_BYTES)
    if (file.size <= MOST_BYTES) keep({ name: file.name, base64: await base64Of(file) })
  }
  const ready = material !== undefined && token !== undefined
  return (
    <form
      noValidate
      className="contents"
      onSubmit={(event) => {
        event.preventDefault()
        if (!ready) return
        send.mutate({
          importToken: token,
          encryptedKeyMaterial: material.base64,
          ...(validTo === undefined ? {} : { validTo }),
        })
      }}
    >
      <DialogBody>
        <ol className="flex flex-col gap-6">
          <Step number={1} title={t('keys.import.getTitle')} text={t('keys.import.getText')}>
            <ImportParametersStep parameters={parameters} />
          </Step>
          <Step
            number={2}
            title={t('keys.import.encryptTitle')}
            text={t('keys.import.encryptText', { bytes: MATERIAL_BYTES[key.spec] })}
          >
            <CodeBlock
              code={importCommands(key.spec)}
              label={t('keys.import.encryptTitle')}
              copyLabel={t('connect.copyCommands')}
              copiedLabel={t('common.copied')}
            />
            <Notice tone="warning" title={t('keys.import.keepTitle')}>
              {t('keys.import.keepText')}
            </Notice>
          </Step>
          <Step number={3} title={t('keys.import.uploadTitle')} text={t('keys.import.uploadText')}>
            <div className="grid gap-4 sm:grid-cols-2">
              <FileField
                label={t('keys.import.material')}
                hint={IMPORT_FILES.encrypted}
                chooseLabel={t('keys.import.chooseMaterial')}
                chosen={material?.name}
                onFile={(file) => void choose(setMaterial)(file)}
              />
              <FileField
                label={t('keys.import.token')}
                hint={t('keys.import.tokenHint', { file: IMPORT_FILES.token })}
                chooseLabel={t('keys.import.chooseToken')}
                chosen={ownToken?.name ?? (parameters.data && t('keys.import.tokenFromStep'))}
                onFile={(file) => void choose(setOwnToken)(file)}
              />
            </div>
            {tooLarge && (
              <Notice tone="danger" live title={t('keys.import.tooLarge')}>
                {t('keys.import.tooLargeText')}
              </Notice>
            )}
            <ImportExpiry validTo={validTo} onChange={setValidTo} />
          </Step>
        </ol>
        {send.isError && <ErrorNotice error={send.error} className="mt-4" />}
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" disabled={!ready} busy={send.isPending}>
          {t('keys.actions.import.confirm')}
        </Button>
      </DialogFooter>
    </form>
  )
}

function Step({
  number,
  title,
  text,
  children,
}: {
  number: number
  title: string
  text: string
  children: ReactNode
}) {
  return (
    <li className="grid grid-cols-[1.75rem_1fr] gap-x-3">
      <span
        aria-hidden
        className="bg-accent-soft text-accent-ink grid size-7 place-items-center rounded-full text-sm font-semibold tabular-nums"
      >
        {number}
      </span>
      <div className="flex min-w-0 flex-col gap-3">
        <div>
          <h3 className="leading-7 font-semibold">{title}</h3>
          <p className="text-muted text-sm">{text}</p>
        </div>
        {children}
      </div>
    </li>
  )
}
