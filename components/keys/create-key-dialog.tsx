'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Controller, useForm, useWatch, type Control } from 'react-hook-form'
import { z } from 'zod'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { useSafety } from '@/components/shell/safety'
import { useVisit } from '@/components/shell/use-visit'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/field'
import { RadioCards } from '@/components/ui/radio-cards'
import { toast } from '@/components/ui/toaster'
import { keysClient } from '@/lib/console/keys-client'
import { pages } from '@/lib/console/paths'
import { keysKey } from '@/lib/console/queries/keys'
import {
  createKeySchema,
  keyOriginSchema,
  keySpecSchema,
  RESERVED_ALIAS,
  ROTATION_DAYS,
  rotationDaysSchema,
  type CreateKey,
} from '@/lib/console/schemas-keys'
import { SPEC_NAMES } from './key-badges'
import { RotationFields } from './rotation-fields'

/** Where the material of a key is kept, unless a key service of the settings keeps it. */
const HERE = 'embedded'

const formSchema = createKeySchema
  .omit({ rotationDays: true })
  .extend({ rotates: z.boolean(), periodDays: rotationDaysSchema, provider: z.string() })
type FormValues = z.infer<typeof formSchema>

const DEFAULTS: FormValues = {
  alias: '',
  description: '',
  spec: 'AES_256',
  origin: 'AWS_KMS',
  rotates: true,
  periodDays: ROTATION_DAYS.usual,
  provider: HERE,
}

/** A key of the project's own: made here, or for material that is brought along. */
export function CreateKeyDialog({
  open,
  onOpenChange,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
}) {
  const t = useTranslations()
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      width="lg"
      title={t('keys.create')}
      description={t('keys.createDescription')}
      closeLabel={t('common.close')}
    >
      {open && <CreateKeyForm onClose={() => onOpenChange(false)} />}
    </Dialog>
  )
}

function CreateKeyForm({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const create = useCreateKey()
  const form = useForm({ resolver: zodResolver(formSchema), defaultValues: DEFAULTS })
  const { errors } = form.formState
  const elsewhere = useWatch({ control: form.control, name: 'provider' }) !== HERE
  const submit = form.handleSubmit(({ rotates, periodDays, provider, ...key }) => {
    // only this server takes material from outside
    const origin = elsewhere ? 'AWS_KMS' : key.origin
    create.mutate({
      ...key,
      origin,
      ...(elsewhere && { provider }),
      ...(rotates && origin === 'AWS_KMS' ? { rotationDays: periodDays } : {}),
    })
  })
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="contents">
      <DialogBody className="flex flex-col gap-5">
        {create.isError && <ErrorNotice error={create.error} />}
        <div className="grid gap-5 sm:grid-cols-2">
          <AliasField control={form.control} error={errors.alias !== undefined} />
          <Field label={t('keys.descriptionLabel')} optional={t('common.optional')}>
            <Input autoComplete="off" {...form.register('description')} />
          </Field>
          <Controller
            control={form.control}
            name="spec"
            render={({ field }) => (
              <RadioCards
                legend={t('keys.columns.spec')}
                value={field.value}
                onChange={field.onChange}
                options={keySpecSchema.options.map((spec) => ({
                  value: spec,
                  label: SPEC_NAMES[spec],
                  description: t(`keys.specHints.${spec}`),
                }))}
              />
            )}
          />
          <Provider control={form.control} />
          {!elsewhere && <Origin control={form.control} />}
        </div>
        <Rotation control={form.control} error={errors.periodDays !== undefined} elsewhere={elsewhere} />
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={create.isPending || create.isSuccess}>
          {t('keys.createAction')}
        </Button>
      </DialogFooter>
    </form>
  )
}

function AliasField({ control, error }: { control: Control<FormValues>; error: boolean }) {
  const t = useTranslations('keys')
  return (
    <Controller
      control={control}
      name="alias"
      render={({ field }) => (
        <Field
          label={t('alias')}
          hint={t('aliasHint')}
          error={
            error
              ? t(
                  RESERVED_ALIAS.test(field.value)
                    ? 'aliasReserved'
                    : field.value === ''
                      ? 'aliasMissing'
                      : 'aliasWrong',
                )
              : undefined
          }
        >
          <Input autoFocus required autoComplete="off" autoCapitalize="none" spellCheck={false} {...field} />
        </Field>
      )}
    />
  )
}

/** Nothing to choose where the settings name no key service. */
function Provider({ control }: { control: Control<FormValues> }) {
  const t = useTranslations('keys')
  const { services } = useSafety().keyService
  if (services.length === 0) return null
  return (
    <Controller
      control={control}
      name="provider"
      render={({ field }) => (
        <RadioCards
          legend={t('provider')}
          value={field.value}
          onChange={field.onChange}
          options={[
            { value: HERE, label: t('embedded'), description: t('providerHints.embedded') },
            ...services.map(({ name }) => ({
              value: name,
              label: name,
              description: t('providerHints.external'),
            })),
          ]}
        />
      )}
    />
  )
}

function Origin({ control }: { control: Control<FormValues> }) {
  const t = useTranslations('keys')
  return (
    <Controller
      control={control}
      name="origin"
      render={({ field }) => (
        <RadioCards
          legend={t('columns.origin')}
          value={field.value}
          onChange={field.onChange}
          options={keyOriginSchema.options.map((origin) => ({
            value: origin,
            label: t(`origins.${origin}`),
            description: t(`originHints.${origin}`),
          }))}
        />
      )}
    />
  )
}

interface RotationProps {
  control: Control<FormValues>
  error: boolean
  elsewhere: boolean
}

/** Only what is made for Coffer can be rotated by it. */
function Rotation({ control, error, elsewhere }: RotationProps) {
  const t = useTranslations('keys')
  const origin = useWatch({ control, name: 'origin' })
  if (origin === 'EXTERNAL' && !elsewhere)
    return <p className="text-muted text-sm">{t('importedDoesNotRotate')}</p>
  return (
    <Controller
      control={control}
      name="rotates"
      render={({ field: rotates }) => (
        <Controller
          control={control}
          name="periodDays"
          render={({ field: days }) => (
            <RotationFields
              rotates={rotates.value}
              onRotates={rotates.onChange}
              days={days.value}
              onDays={days.onChange}
              error={error}
            />
          )}
        />
      )}
    />
  )
}

function useCreateKey() {
  const t = useTranslations('keys')
  const { projectId } = useProject()
  const visit = useVisit()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (key: CreateKey) => keysClient(projectId).create(key),
    onSuccess: async ({ keyId }, { alias }) => {
      await queryClient.invalidateQueries({ queryKey: keysKey(projectId) })
      toast.success(t('created', { name: alias }))
      visit(pages.key(keyId))
    },
  })
}
