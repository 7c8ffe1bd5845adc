'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { CircleAlert, CircleCheck, File, RotateCw, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useRef } from 'react'
import { EncryptionBadge } from '@/components/encryption/encryption-badge'
import { useExplain } from '@/components/shell/error-message'
import { useBytes } from '@/components/shell/use-bytes'
import { Button } from '@/components/ui/button'
import { Progress } from '@/components/ui/progress'
import { Spinner } from '@/components/ui/spinner'
import { failureOfText } from './upload-failure'
import type { QueuedUpload, Uploads } from './upload-queue'
import { phaseOf } from './upload-state'

const ROW_HEIGHT = 52

/** The files of the queue, failed ones first once all is over; only those in sight exist in the page. */
export function UploadFileList({ uploads, started }: { uploads: Uploads; started: boolean }) {
  const t = useTranslations('upload')
  const scroller = useRef<HTMLDivElement>(null)
  const files = started ? uploads.files.toSorted((a, b) => rank(a) - rank(b)) : uploads.files
  const virtual = useVirtualizer({
    count: files.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    getItemKey: (index) => files[index]?.id ?? index,
  })
  return (
    <div
      ref={scroller}
      role="region"
      aria-label={t('files')}
      tabIndex={0}
      className="rounded-card border-line max-h-80 min-h-26 flex-1 overflow-y-auto border focus-visible:-outline-offset-2"
    >
      <ul style={{ height: virtual.getTotalSize() }} className="relative">
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const file = files[index]
          if (!file) return null
          return (
            <li
              key={key}
              aria-setsize={files.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start}px)`, height: ROW_HEIGHT }}
              className="border-line absolute inset-x-0 top-0 flex items-center gap-3 border-b pr-2 pl-4"
            >
              <UploadRow file={file} uploads={uploads} />
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function UploadRow({ file, uploads }: { file: QueuedUpload; uploads: Uploads }) {
  const t = useTranslations('upload')
  const phase = phaseOf(file)
  const name = file.meta.relativePath || file.name
  return (
    <>
      <PhaseIcon file={file} />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm" title={name}>
          {name}
        </p>
        <UploadStatus file={file} />
      </div>
      {phase === 'done' && file.response?.body && (
        <EncryptionBadge encryption={file.response.body.encryption} />
      )}
      {phase === 'failed' && (
        <Button
          variant="quiet"
          size="icon-sm"
          aria-label={t('retry', { name })}
          onClick={() => uploads.retry(file.id)}
        >
          <RotateCw aria-hidden />
        </Button>
      )}
      {phase !== 'done' && (
        <Button
          variant="quiet"
          size="icon-sm"
          aria-label={t('cancel', { name })}
          onClick={() => uploads.remove(file.id)}
        >
          <X aria-hidden />
        </Button>
      )}
    </>
  )
}

function UploadStatus({ file }: { file: QueuedUpload }) {
  const t = useTranslations('upload')
  const bytes = useBytes()
  const explain = useExplain()
  const size = bytes(file.size ?? 0)
  switch (phaseOf(file)) {
    case 'failed': {
      const { title, advice } = explain(failureOfText(file.error ?? ''))
      return (
        <p
          className="text-danger-ink truncate text-xs"
          title={`${title} ${advice}`}
        >{`${title} ${advice}`}</p>
      )
    }
    case 'sending': {
      const value = Math.floor(file.progress.percentage ?? 0)
      return (
        <div className="flex items-center gap-2">
          <Progress value={value} label={t('progressOf', { name: file.name })} className="flex-1" />
          {/* the bar says it */}
          <span aria-hidden className="text-muted w-8 text-right text-xs tabular-nums">
            {value}%
          </span>
        </div>
      )
    }
    case 'storing':
      return <p className="text-muted text-xs">{t('storing')}</p>
    default: {
      const { sameName } = file.meta
      return (
        <p className="text-muted truncate text-xs tabular-nums">
          {size}
          {sameName && ` · ${t(`sameName.${sameName}`)}`}
        </p>
      )
    }
  }
}

function PhaseIcon({ file }: { file: QueuedUpload }) {
  switch (phaseOf(file)) {
    case 'done':
      return <CircleCheck aria-hidden className="text-accent-ink size-4 shrink-0" />
    case 'failed':
      return <CircleAlert aria-hidden className="text-danger-ink size-4 shrink-0" />
    case 'sending':
    case 'storing':
      return <Spinner className="text-accent-ink shrink-0" />
    case 'waiting':
      return <File aria-hidden className="text-faint size-4 shrink-0" />
  }
}

function rank(file: QueuedUpload): number {
  return { failed: 0, sending: 1, storing: 1, waiting: 2, done: 3 }[phaseOf(file)]
}
