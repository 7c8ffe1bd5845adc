'use client'
import { useQuery } from '@tanstack/react-query'
import { Download, Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ObjectAccessCard } from '@/components/access/object-access'
import { ProveItPanel } from '@/components/proof/prove-it-panel'
import { ErrorNotice } from '@/components/shell/error-notice'
import { Link } from '@/components/shell/link'
import { useProject } from '@/components/shell/me'
import { PageHeader } from '@/components/shell/page-header'
import { PathTrail } from '@/components/shell/path-trail'
import { useVisit } from '@/components/shell/use-visit'
import { Button } from '@/components/ui/button'
import { buttonClass } from '@/components/ui/button-class'
import { Card } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { Notice } from '@/components/ui/notice'
import { Skeleton } from '@/components/ui/skeleton'
import { ApiError } from '@/lib/console/client'
import { baseName, parentPrefix } from '@/lib/console/object-key'
import { pages } from '@/lib/console/paths'
import { objectQuery } from '@/lib/console/queries/objects'
import type { ObjectAt, ObjectInfo } from '@/lib/console/schemas'
import type { CustomerKeyJson } from '@/lib/console/schemas-modify-encryption'
import { DeleteObjectsDialog } from './delete-objects-dialog'
import { EncryptionPropertiesCard } from './encryption-properties'
import { OpenWithKeyCard } from './encryption/open-with-key-card'
import { ServerEncryptionCard } from './encryption/server-encryption-card'
import { useOpenedObject } from './encryption/use-opened-object'
import { ChecksumsCard, GeneralCard, HeadersCard, LabelsCard } from './object-properties'
import { useDownload } from './use-download'

/** Everything about one file, its encryption first. */
export function ObjectDetail({ bucket, at }: { bucket: string; at: ObjectAt }) {
  const t = useTranslations('objects')
  const common = useTranslations('common')
  const { projectId } = useProject()
  const { key: objectKey, versionId } = at
  const name = baseName(objectKey) || t('unnamed')
  const object = useQuery(objectQuery(projectId, bucket, at))
  const unlocked = useOpenedObject(bucket, at)
  const isLocked = object.data?.encryption.mode === 'customer-key'
  const shown = (isLocked && unlocked.object) || object.data
  const openedWith = isLocked ? unlocked.openedWith : undefined
  return (
    <>
      <PageHeader
        above={<PathTrail bucket={bucket} path={objectKey} />}
        title={
          <span className="line-clamp-2" title={name}>
            {name}
          </span>
        }
        beside={
          <CopyButton text={name} label={t('copyName')} copiedLabel={common('copied')} className="mt-0.5" />
        }
        aside={<ObjectActions bucket={bucket} at={at} object={shown} openedWith={openedWith} />}
      />
      <div className="flex flex-col gap-5 px-6 pb-8">
        {versionId !== undefined && (
          <VersionNotice bucket={bucket} at={at} isLatest={object.data?.isLatest} />
        )}
        {object.isError ? (
          <ErrorNotice error={object.error} onRetry={() => void object.refetch()} />
        ) : shown ? (
          <Properties
            bucket={bucket}
            object={shown}
            versionId={versionId}
            unlocked={{ ...unlocked, openedWith }}
          />
        ) : (
          <Loading />
        )}
        {!isMissing(object.error) && (
          <ProveItPanel bucket={bucket} at={at} encryption={object.data?.encryption} />
        )}
      </div>
    </>
  )
}

/** There is nothing to prove of what is not there; of what cannot be read there is. */
const MISSING = new Set(['NoSuchKey', 'NoSuchVersion', 'NoSuchBucket'])

function isMissing(error: unknown): boolean {
  return error instanceof ApiError && MISSING.has(error.code)
}

interface VersionNoticeProps {
  bucket: string
  at: ObjectAt
  /** undefined: not known */
  isLatest: boolean | undefined
}

/** The page is of one version: which one, and the way to what lies under the name now. */
function VersionNotice({ bucket, at: { key, versionId }, isLatest }: VersionNoticeProps) {
  const t = useTranslations('object')
  return (
    <Notice
      title={isLatest === undefined ? t('versionId') : t(isLatest ? 'isCurrent' : 'isOlder')}
      actions={
        <Link href={pages.object(bucket, key)} className={buttonClass('secondary', 'sm')}>
          {t('toCurrent')}
        </Link>
      }
    >
      <span className="font-mono text-xs wrap-anywhere">{versionId}</span>
    </Notice>
  )
}

interface PropertiesProps {
  bucket: string
  object: ObjectInfo
  versionId: string | undefined
  unlocked: ReturnType<typeof useOpenedObject>
}

function Properties({ bucket, object, versionId, unlocked }: PropertiesProps) {
  return (
    <div className="grid items-start gap-5 xl:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-5">
        <EncryptionPropertiesCard object={object} />
        <ServerEncryption bucket={bucket} object={object} versionId={versionId} unlocked={unlocked} />
      </div>
      <div className="flex min-w-0 flex-col gap-5">
        <GeneralCard bucket={bucket} object={object} />
        {versionId === undefined && <ObjectAccessCard bucket={bucket} objectKey={object.key} />}
        {!object.withoutKey && (
          <>
            <ChecksumsCard object={object} />
            <HeadersCard object={object} />
            <LabelsCard object={object} />
          </>
        )}
      </div>
    </div>
  )
}

/** Whoever may not write sees how a file is encrypted, and nothing to change it with. */
const WRITERS = new Set<string>(['owner', 'administrator', 'member'])

function ServerEncryption({ bucket, object, versionId, unlocked }: PropertiesProps) {
  const { role } = useProject()
  const { encryption, key } = object
  const { openedWith, open, close, isOpening, error } = unlocked
  if (encryption.mode === 'customer-key' && !openedWith)
    return (
      <OpenWithKeyCard
        suite={encryption.suite}
        uri={`s3://${bucket}/${key}`}
        onOpen={open}
        busy={isOpening}
        error={error}
      />
    )
  if (!WRITERS.has(role)) return null
  return (
    <ServerEncryptionCard
      // begins anew with what is now
      key={JSON.stringify(encryption)}
      bucket={bucket}
      object={object}
      versionId={versionId}
      openedWith={openedWith}
      onChanged={(customerKey) => (customerKey ? open(customerKey) : close())}
    />
  )
}

interface ObjectActionsProps {
  bucket: string
  at: ObjectAt
  object: ObjectInfo | undefined
  openedWith: CustomerKeyJson | undefined
}

function ObjectActions({ bucket, at, object, openedWith }: ObjectActionsProps) {
  const t = useTranslations('objects')
  const visit = useVisit()
  const download = useDownload(bucket)
  const [deleting, setDeleting] = useState<string[]>([])
  return (
    <div className="flex gap-2">
      <Button
        variant="primary"
        disabled={!object || (object.encryption.mode === 'customer-key' && !openedWith)}
        busy={download.isPending}
        onClick={() => download.mutate({ at, openedWith })}
      >
        <Download aria-hidden />
        {t('download')}
      </Button>
      {at.versionId === undefined && (
        <Button disabled={!object} onClick={() => setDeleting([at.key])}>
          <Trash2 aria-hidden />
          {t('delete')}
        </Button>
      )}
      <DeleteObjectsDialog
        bucket={bucket}
        ids={deleting}
        onClose={() => setDeleting([])}
        onDeleted={() => visit(pages.bucket(bucket, parentPrefix(at.key)))}
      />
    </div>
  )
}

function Loading() {
  return (
    <div aria-busy className="grid items-start gap-5 xl:grid-cols-2">
      {[9, 7].map((lines) => (
        <Card key={lines} className="flex flex-col gap-6 p-4">
          {Array.from({ length: lines }, (_, line) => (
            <Skeleton key={line} className={line % 2 ? 'w-3/5' : 'w-4/5'} />
          ))}
        </Card>
      ))}
    </div>
  )
}
