'use client'
import { useEffect, type RefObject } from 'react'

/**
 * Gives the focus to `target` when what had it has left the page; the keyboard would begin at the top again. Without a
 * target, to the content of the page. What stands behind a dialog waits until that is gone.
 */
export function useFocusWhenLost(target: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let last: Element | undefined
    let checking = 0
    const remember = ({ target }: FocusEvent) => {
      if (target instanceof Element) last = target
    }
    const check = () => {
      if (!last || last.isConnected || document.activeElement !== document.body) return
      const dialog = document.querySelector('[role=dialog], [role=alertdialog]')
      if (dialog && !dialog.contains(target.current)) return
      const place = target.current ?? document.getElementById('content')
      place?.focus({ preventScroll: true })
    }
    // After this frame: a dialog that closes gives the focus back itself, where it can.
    const observer = new MutationObserver(() => {
      cancelAnimationFrame(checking)
      checking = requestAnimationFrame(check)
    })
    document.addEventListener('focusin', remember)
    observer.observe(document.body, { childList: true, subtree: true })
    return () => {
      cancelAnimationFrame(checking)
      document.removeEventListener('focusin', remember)
      observer.disconnect()
    }
  }, [target])
}
