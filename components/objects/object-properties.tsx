'use client'
import { FileText, Fingerprint, ListTree, Tags } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { Timestamp } from '@/components/shell/timestamp'
import { useBytes } from '@/components/shell/use-bytes'
import { SectionCard } from '@/components/ui/card'
import { Mono, Property, PropertyList } from '@/components/ui/property-list'
import type { ObjectInfo } from '@/lib/console/schemas'
import { Copyable } from './encryption-properties'

export function GeneralCard({ bucket, object }: { bucket: string; object: ObjectInfo }) {
  const t = useTranslations('object')
  const format = useFormatter()
  const bytes = useBytes()
  return (
    <SectionCard id="object-general" title={t('general')} icon={<FileText aria-hidden />}>
      <PropertyList>
        <Property label={t('key')}>
          <Copyable text={object.key} label={t('copyKey')} />
        </Property>
        <Property label={t('uri')}>
          <Copyable text={`s3://${bucket}/${object.key}`} label={t('copyUri')} />
        </Property>
        <Property label={t('size')}>
          {bytes(object.size)}{' '}
          {object.size >= 1024 && (
            <span className="text-muted">({t('bytes', { number: format.number(object.size) })})</span>
          )}
        </Property>
        {object.versionId !== undefined && (
          <Property label={t('versionId')}>
            <Copyable text={object.versionId} label={t('copyVersionId')} />
          </Property>
        )}
        <Property label={t('lastModified')}>
          <Timestamp at={object.lastModified} />
        </Property>
        {object.contentType && (
          <Property label={t('contentType')}>
            <Mono>{object.contentType}</Mono>
          </Property>
        )}
        <Property label={t('storageClass')}>
          <Mono>{object.storageClass}</Mono>
        </Property>
        {object.partCount > 1 && <Property label={t('parts')}>{format.number(object.partCount)}</Property>}
      </PropertyList>
    </SectionCard>
  )
}

export function ChecksumsCard({ object }: { object: ObjectInfo }) {
  const t = useTranslations('object')
  return (
    <SectionCard id="object-checksums" title={t('integrity')} icon={<Fingerprint aria-hidden />}>
      <PropertyList>
        <Property label="ETag">
          <Copyable text={object.etag} label={t('copyEtag')} />
        </Property>
        {object.checksums.map(({ algorithm, type, value }) => (
          <Property
            key={algorithm}
            label={`${algorithm.toUpperCase()}${type === 'COMPOSITE' ? ` (${t('composite')})` : ''}`}
          >
            <Copyable text={value} label={t('copyChecksum', { algorithm: algorithm.toUpperCase() })} />
          </Property>
        ))}
      </PropertyList>
    </SectionCard>
  )
}

/** Standard headers and user metadata, when there are any. */
export function HeadersCard({ object }: { object: ObjectInfo }) {
  const t = useTranslations('object')
  const user = Object.entries(object.userMetadata).map(
    ([name, value]) => [`x-amz-meta-${name}`, value] as const,
  )
  const pairs = [...Object.entries(object.headers), ...user]
  if (pairs.length === 0) return null
  return (
    <SectionCard id="object-metadata" title={t('metadata')} icon={<ListTree aria-hidden />}>
      <Pairs pairs={pairs} />
    </SectionCard>
  )
}

export function LabelsCard({ object }: { object: ObjectInfo }) {
  const t = useTranslations('object')
  const pairs = Object.entries(object.tags)
  if (pairs.length === 0) return null
  return (
    <SectionCard id="object-tags" title={t('tags')} icon={<Tags aria-hidden />}>
      <Pairs pairs={pairs} />
    </SectionCard>
  )
}

function Pairs({ pairs }: { pairs: (readonly [string, string])[] }) {
  return (
    <PropertyList>
      {pairs.map(([name, value]) => (
        <Property key={name} label={<Mono>{name}</Mono>}>
          <Mono>{value}</Mono>
        </Property>
      ))}
    </PropertyList>
  )
}
