'use client'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useMe } from '@/components/shell/me'
import { CopyButton } from '@/components/ui/copy-button'
import { Mono } from '@/components/ui/property-list'

/** S3 Browser's own menus and fields, named as it names them (in English, which is its only language). */
export function S3BrowserSteps({ accessKeyId }: { accessKeyId: string | undefined }) {
  const t = useTranslations('connect')
  const { objectEndpoint, key } = useMe()
  const { host, protocol } = new URL(objectEndpoint)
  const menu = (path: ReactNode) => <strong className="font-medium">{path}</strong>
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <Step title={t('s3.account')} path={t.rich('s3.accountPath', { menu })}>
        <Entry label="Account type" text="S3 Compatible Storage" />
        <Entry label="REST Endpoint" text={host} copy />
        <Entry label="Access Key ID" text={accessKeyId ?? t('yourKeyId')} copy={accessKeyId !== undefined} />
        <Entry label="Secret Access Key" text={t('yourSecret')} />
        <Entry
          label="Use secure transfer (SSL/TLS)"
          text={protocol === 'https:' ? t('s3.on') : t('s3.off')}
        />
      </Step>
      <Step
        title={t('s3.encryption')}
        path={t.rich('s3.encryptionPath', { menu })}
        after={t.rich('s3.save', { menu })}
      >
        <Entry label="Bucket name or mask" text={t('yourBucket')} />
        <Entry
          label="Encryption type"
          text="Server-Side Encryption with Customer Keys Stored in AWS KMS (SSE-KMS)"
        />
        <Entry label="KMS key type" text="Enter KMS master key ARN" />
        <Entry label={t('s3.keyField')} text={key?.keyId ?? ''} copy />
      </Step>
    </div>
  )
}

interface StepProps {
  title: string
  path: ReactNode
  after?: ReactNode
  children: ReactNode
}

function Step({ title, path, after, children }: StepProps) {
  return (
    <section>
      <h3 className="text-sm font-semibold">{title}</h3>
      <p className="text-muted mt-0.5 mb-2 text-sm">{path}</p>
      <dl className="divide-line rounded-control border-line divide-y border px-3 py-1 text-sm">
        {children}
      </dl>
      {after && <p className="text-muted mt-2 text-sm">{after}</p>}
    </section>
  )
}

function Entry({ label, text, copy }: { label: string; text: string; copy?: boolean }) {
  const t = useTranslations()
  return (
    <div className="grid min-h-9 items-center gap-x-3 py-1 sm:grid-cols-[11rem_1fr]">
      <dt className="text-muted">{label}</dt>
      <dd className="flex min-w-0 items-center gap-1.5">
        {copy ? <Mono>{text}</Mono> : text}
        {copy && (
          <CopyButton
            text={text}
            label={t('connect.copyValue', { name: label })}
            copiedLabel={t('common.copied')}
          />
        )}
      </dd>
    </div>
  )
}
