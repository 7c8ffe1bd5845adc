'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { useStayWhenSignedOut } from '@/components/shell/signed-out'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { useFocusWhenLost } from '@/components/ui/use-focus-when-lost'
import { bucketKey, bucketQuery, bucketsKey } from '@/lib/console/queries/buckets'
import { objectsKey } from '@/lib/console/queries/objects'
import { EncryptOption } from './encrypt-option'
import { useEncryptChoice } from './encrypt-choice'
import { SameNameNotice } from './same-name-notice'
import { SignedOutNotice } from './signed-out-notice'
import { UploadDropZone } from './upload-drop-zone'
import { UploadFileList } from './upload-file-list'
import { commonFailure } from './upload-failure'
import { totalsOf } from './upload-state'
import { UploadSummary } from './upload-summary'
import { useUploadQueue } from './upload-queue'
import type { UploadTo } from './uploads'
import { useWindowDrop } from './use-window-drop'

export interface UploadDialogProps {
  /** undefined: closed */
  to: UploadTo | undefined
  onClose: () => void
}

/** Choose or drop files, decide on encryption, upload. Closing it while files are under way asks first. */
export function UploadDialog({ to, onClose }: UploadDialogProps) {
  const t = useTranslations()
  const [running, setRunning] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const close = () => (running ? setLeaving(true) : onClose())
  return (
    <Dialog
      open={to !== undefined}
      onOpenChange={(next) => !next && close()}
      sticky
      width="lg"
      title={t('upload.title')}
      description={to && <Destination to={to} />}
      closeLabel={t('common.close')}
    >
      {to && (
        <UploadPanel
          to={to}
          onClose={onClose}
          onRunning={setRunning}
          leaving={leaving && running}
          onStay={() => setLeaving(false)}
        />
      )}
    </Dialog>
  )
}

/** Where to, and what becomes of files that lie there under the same names. */
function Destination({ to: { project, bucket, prefix } }: { to: UploadTo }) {
  const t = useTranslations('upload.destination')
  const { data } = useQuery(bucketQuery(project, bucket))
  return t(data?.versioning ?? 'unversioned', { place: `${bucket}/${prefix}` })
}

interface UploadPanelProps {
  to: UploadTo
  onClose: () => void
  onRunning: (running: boolean) => void
  leaving: boolean
  onStay: () => void
}

function UploadPanel({ to, onClose, onRunning, leaving, onStay }: UploadPanelProps) {
  const t = useTranslations()
  const { project, bucket, prefix } = to
  const { data } = useQuery(bucketQuery(project, bucket))
  const uploads = useUploadQueue(project, bucket, prefix)
  const choice = useEncryptChoice(data?.encryption)
  const [begun, setBegun] = useState(false)
  // when every file was taken out again, one may choose anew
  const started = begun && uploads.files.length > 0
  const totals = totalsOf(uploads.files, started)
  const add = (files: Iterable<File>) => {
    uploads.add(files)
    if (started) uploads.start(choice.encryption)
    else setBegun(false)
  }
  const dragged = useWindowDrop(add)
  useInitialFiles(uploads.add, to.files)
  useRunning(totals.running, onRunning)
  useFreshLists(to, begun, totals.running)
  const signedOut = useStayWhenSignedOut(totals.done < totals.files)
  const summary = useRef<HTMLDivElement>(null)
  useFocusWhenLost(summary)
  const start = () => {
    setBegun(true)
    uploads.start(choice.encryption)
  }
  const finished = started && !totals.running
  return (
    <>
      <DialogBody className="flex min-h-72 flex-col gap-4">
        {/* never goes: when a button does that had the focus, it is told here what came of it */}
        <div
          ref={summary}
          tabIndex={-1}
          role="group"
          aria-label={t('upload.state')}
          className="flex flex-col gap-4 outline-none empty:sr-only"
        >
          {begun && <UploadSummary totals={totals} failure={commonFailure(uploads.files)} />}
          {signedOut && <SignedOutNotice />}
          {!finished && <SameNameNotice files={uploads.files} />}
        </div>
        <UploadDropZone compact={totals.files > 0} over={dragged} sentAtOnce={started} onFiles={add} />
        {totals.files > 0 && <UploadFileList uploads={uploads} started={started} />}
      </DialogBody>
      {leaving ? (
        <DialogFooter
          // another footer: its first button takes the focus
          key="leaving"
          start={
            <p role="alert" className="text-sm font-medium">
              {t('upload.leaveQuestion')}
            </p>
          }
        >
          <Button autoFocus onClick={onStay}>
            {t('upload.stay')}
          </Button>
          <Button variant="danger" onClick={onClose}>
            {t('upload.cancelAll')}
          </Button>
        </DialogFooter>
      ) : (
        <DialogFooter start={<EncryptOption choice={choice} rule={data?.encryption} locked={started} />}>
          {finished ? (
            <>
              {totals.failed > 0 && (
                <Button onClick={uploads.retryFailed}>
                  {t('upload.retryFailed', { count: totals.failed })}
                </Button>
              )}
              <Button variant="primary" onClick={onClose}>
                {t('upload.done')}
              </Button>
            </>
          ) : started ? (
            <Button onClick={uploads.cancelAll}>{t('upload.cancelAll')}</Button>
          ) : (
            <>
              <Button onClick={onClose}>{t('common.cancel')}</Button>
              <Button variant="primary" disabled={totals.files === 0 || !data} onClick={start}>
                {t('upload.start')}
              </Button>
            </>
          )}
        </DialogFooter>
      )}
    </>
  )
}

/** What was dropped on the page before the dialog opened; added once, also where effects run twice. */
function useInitialFiles(add: (files: File[]) => void, files: File[]) {
  const added = useRef<File[]>(undefined)
  useEffect(() => {
    if (files.length === 0 || added.current === files) return
    added.current = files
    add(files)
  })
}

/** Tells the dialog, and keeps the browser from closing the tab without a question. */
function useRunning(running: boolean, onRunning: (running: boolean) => void) {
  useEffect(() => {
    onRunning(running)
    if (!running) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => {
      window.removeEventListener('beforeunload', ask)
      onRunning(false)
    }
  }, [running, onRunning])
}

/** The list behind the dialog shows what arrived as soon as the uploads rest, or are left alone. */
function useFreshLists({ project, bucket }: UploadTo, begun: boolean, running: boolean) {
  const queryClient = useQueryClient()
  useEffect(() => {
    if (!begun) return
    const refresh = () => {
      for (const queryKey of [objectsKey(project, bucket), bucketKey(project, bucket), bucketsKey(project)]) {
        void queryClient.invalidateQueries({ queryKey })
      }
    }
    if (running) return refresh
    refresh()
  }, [begun, running, queryClient, project, bucket])
}
