'use client'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Link } from '@/components/shell/link'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Mono, Property, PropertyList } from '@/components/ui/property-list'
import { pages } from '@/lib/console/paths'
import type { AuditRecord } from '@/lib/console/schemas-audit'
import { AuditTime } from './audit-time'
import { ResultBadge } from './result-badge'
import { useNames } from './use-names'

/** All of one record, with the hashes that hold it in the chain. */
export function AuditRecordDialog({
  record,
  onClose,
}: {
  record: AuditRecord | undefined
  onClose: () => void
}) {
  const t = useTranslations()
  return (
    <Dialog
      open={record !== undefined}
      onOpenChange={(open) => !open && onClose()}
      width="lg"
      title={record?.action ?? ''}
      description={record && t('audit.recordNumber', { sequence: record.sequence })}
      closeLabel={t('common.close')}
    >
      {record && (
        <>
          <DialogBody>
            <PropertyList>
              <Act record={record} />
              <Subject record={record} />
              <Chain record={record} />
            </PropertyList>
          </DialogBody>
          <DialogFooter>
            <Button onClick={onClose}>{t('common.close')}</Button>
          </DialogFooter>
        </>
      )}
    </Dialog>
  )
}

function Act({ record }: { record: AuditRecord }) {
  const t = useTranslations('audit')
  const { person } = useNames()
  const { at, result, userId, accessKeyId, sourceAddress, requestId } = record
  return (
    <>
      <Property label={t('columns.result')}>
        <ResultBadge result={result} />
      </Property>
      <Property label={t('columns.at')}>
        <AuditTime at={at} zone />
      </Property>
      <Property label={t('columns.who')}>
        {userId === undefined && record.details['anonymous'] === true ? t('anonymous') : person(userId)}
        {userId !== undefined && <Identifier text={userId} />}
      </Property>
      <Given label={t('accessKey')} text={accessKeyId} />
      <Property label={t('source')}>
        {sourceAddress === undefined ? t('serverItself') : <Mono>{sourceAddress}</Mono>}
      </Property>
      <Given label={t('requestId')} text={requestId} />
    </>
  )
}

/** Only keys of the key service have a page. */
function KeyName({ keyId, owner }: { keyId: string; owner: AuditRecord['details'][string] | undefined }) {
  if (owner !== undefined) return <Mono>{keyId}</Mono>
  return (
    <Link href={pages.key(keyId)} className="text-accent-ink rounded-xs hover:underline">
      <Mono>{keyId}</Mono>
    </Link>
  )
}

function Subject({ record }: { record: AuditRecord }) {
  const t = useTranslations('audit')
  const { keyId, keyVersion, bucket, objectKey, details } = record
  const more = Object.entries(details)
  return (
    <>
      {keyId !== undefined && (
        <Property label={t('key')}>
          <KeyName keyId={keyId} owner={details['owner']} />
          {keyVersion !== undefined && (
            <span className="text-muted block">{t('keyVersion', { version: keyVersion })}</span>
          )}
        </Property>
      )}
      {bucket !== undefined && (
        <Property label={t('object')}>
          <Mono>{objectKey === undefined ? bucket : `${bucket}/${objectKey}`}</Mono>
        </Property>
      )}
      {more.length > 0 && (
        <Property label={t('details')}>
          <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1">
            {more.map(([name, value]) => (
              <Detail key={name} name={name}>
                {String(value)}
              </Detail>
            ))}
          </dl>
        </Property>
      )}
    </>
  )
}

function Detail({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted font-mono text-xs/5">{name}</dt>
      <dd className="min-w-0">
        <Mono>{children}</Mono>
      </dd>
    </>
  )
}

function Chain({ record: { hash, previousHash } }: { record: AuditRecord }) {
  const t = useTranslations('audit')
  return (
    <>
      <Given label={t('hash')} text={hash} />
      <Given label={t('previousHash')} text={previousHash} />
    </>
  )
}

function Given({ label, text }: { label: string; text: string | undefined }) {
  if (text === undefined) return null
  return (
    <Property label={label}>
      <Identifier text={text} label={label} />
    </Property>
  )
}

function Identifier({ text, label }: { text: string; label?: string }) {
  const t = useTranslations()
  return (
    <span className="flex items-center gap-1">
      <Mono>{text}</Mono>
      <CopyButton
        text={text}
        label={t('audit.copy', { name: label ?? text })}
        copiedLabel={t('common.copied')}
        className="-my-1"
      />
    </span>
  )
}
