'use client'
import type { UseMutationResult } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Button } from '@/components/ui/button'
import { Select } from '@/components/ui/select'
import { IMPORT_FILES } from '@/lib/console/import-commands'
import {
  wrappingKeySpecSchema,
  type ImportParameters,
  type WrappingKeySpec,
} from '@/lib/console/schemas-keys'
import { saveFile } from './binary-file'

type Parameters = UseMutationResult<ImportParameters, Error, WrappingKeySpec>

/** A fresh wrapping key and its token, to be saved as files. */
export function ImportParametersStep({ parameters }: { parameters: Parameters }) {
  const t = useTranslations('keys.import')
  const [spec, setSpec] = useState<WrappingKeySpec>('RSA_4096')
  return (
    <>
      {parameters.isError && <ErrorNotice error={parameters.error} />}
      <div className="flex flex-wrap items-center gap-2">
        <Select
          label={t('wrappingKeySpec')}
          value={spec}
          onChange={setSpec}
          className="w-36"
          options={wrappingKeySpecSchema.options.map((value) => ({ value, label: value.replace('_', '-') }))}
        />
        <Button
          variant={parameters.data ? 'secondary' : 'primary'}
          busy={parameters.isPending}
          onClick={() => parameters.mutate(spec)}
        >
          {t(parameters.data ? 'getAgain' : 'get')}
        </Button>
      </div>
      {parameters.data && <Downloads of={parameters.data} />}
    </>
  )
}

function Downloads({ of: { publicKey, importToken, validTo } }: { of: ImportParameters }) {
  const t = useTranslations('keys.import')
  const format = useFormatter()
  return (
    <div role="status" className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => saveFile(IMPORT_FILES.wrappingKey, publicKey)}>
          <Download aria-hidden />
          {t('saveKey')}
        </Button>
        <Button onClick={() => saveFile(IMPORT_FILES.token, importToken)}>
          <Download aria-hidden />
          {t('saveToken')}
        </Button>
      </div>
      <p className="text-muted text-xs">
        {t('validUntil', { at: format.dateTime(validTo, { dateStyle: 'medium', timeStyle: 'short' }) })}
      </p>
    </div>
  )
}
