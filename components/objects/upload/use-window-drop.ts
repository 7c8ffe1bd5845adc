'use client'
import { useEffect, useEffectEvent, useState } from 'react'
import droppedFiles from './dropped-files'

/**
 * Takes the files that are dropped anywhere in the window: where nothing takes them, the browser opens one in place of
 * the page. Returns whether some are held over it now.
 */
export function useWindowDrop(onFiles: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false)
  const take = useEffectEvent(onFiles)
  useEffect(() => {
    const ending = new AbortController()
    const listen = (
      type: 'dragenter' | 'dragover' | 'dragleave' | 'drop',
      handle: (event: DragEvent) => void,
    ) =>
      window.addEventListener(
        type,
        (event) => event.dataTransfer?.types.includes('Files') && handle(event),
        ending,
      )
    listen('dragenter', (event) => event.preventDefault())
    listen('dragover', (event) => {
      event.preventDefault()
      setOver(true)
    })
    // Without a place that it goes to, the pointer left the window.
    listen('dragleave', ({ relatedTarget }) => relatedTarget === null && setOver(false))
    listen('drop', (event) => {
      event.preventDefault()
      setOver(false)
      void droppedFiles(event.dataTransfer).then((files) => files.length > 0 && take(files))
    })
    return () => ending.abort()
  }, [])
  return over
}
