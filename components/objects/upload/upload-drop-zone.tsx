'use client'
import { CloudUpload, FilePlus2, FolderUp } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useRef, type ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { cx } from '@/components/ui/cx'

export interface UploadDropZoneProps {
  /** once there are files */
  compact: boolean
  /** files are held over the window */
  over: boolean
  /** the upload has begun */
  sentAtOnce: boolean
  onFiles: (files: Iterable<File>) => void
}

/** Where to drop files and folders, or to choose them. */
export function UploadDropZone({ compact, over, sentAtOnce, onFiles }: UploadDropZoneProps) {
  const t = useTranslations('upload')
  return (
    <div
      className={cx(
        'rounded-card flex items-center justify-center border-2 border-dashed transition-colors',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong bg-canvas',
        compact ? 'flex-wrap gap-x-4 gap-y-2 px-4 py-3' : 'flex-1 flex-col gap-4 px-6 py-12 text-center',
      )}
    >
      <CloudUpload
        aria-hidden
        className={cx('text-accent-ink shrink-0', compact ? 'size-5' : 'size-10')}
        strokeWidth={1.5}
      />
      <div className={compact ? 'min-w-0 flex-1 basis-44' : undefined}>
        <p className={cx('font-medium', !compact && 'text-lg')}>{t('drop')}</p>
        <p className="text-muted text-sm">{t(sentAtOnce ? 'sentAtOnce' : 'dropHint')}</p>
      </div>
      <div className="flex gap-2">
        <FilePicker
          label={t('chooseFiles')}
          icon={<FilePlus2 aria-hidden />}
          onFiles={onFiles}
          small={compact}
        />
        <FilePicker
          label={t('chooseFolder')}
          icon={<FolderUp aria-hidden />}
          onFiles={onFiles}
          small={compact}
          folder
        />
      </div>
    </div>
  )
}

interface FilePickerProps {
  label: string
  icon: ReactNode
  folder?: boolean
  small: boolean
  onFiles: (files: Iterable<File>) => void
}

function FilePicker({ label, icon, folder, small, onFiles }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null)
  // React's types do not know it, every browser does (File and Directory Entries API)
  const attributes: object = folder ? { webkitdirectory: '' } : {}
  return (
    <>
      <Button size={small ? 'sm' : 'md'} onClick={() => input.current?.click()}>
        {icon}
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={label}
        {...attributes}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          // the same file may be chosen again
          event.target.value = ''
        }}
      />
    </>
  )
}
