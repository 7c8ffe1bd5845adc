'use client'
import { useLayoutEffect, type RefObject } from 'react'

/** ms without movement: browsers limit how often an entry may be changed */
const REST = 150

/** Goes where `scroller` was scrolled to when somebody comes back to this entry of the history; `filled` once it can. */
export function useKeptScroll(scroller: RefObject<HTMLElement | null>, filled: boolean): void {
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element || !filled) return
    const { scrolled } = entry()
    if (typeof scrolled === 'number') element.scrollTo(0, scrolled)
    let resting = 0
    const keep = () => {
      clearTimeout(resting)
      resting = window.setTimeout(
        () => history.replaceState({ ...entry(), scrolled: element.scrollTop }, ''),
        REST,
      )
    }
    element.addEventListener('scroll', keep, { passive: true })
    return () => {
      clearTimeout(resting)
      element.removeEventListener('scroll', keep)
    }
  }, [scroller, filled])
}

/** What is noted with the entry, by the router above all. */
function entry(): Record<string, unknown> {
  return (history.state ?? {}) as Record<string, unknown>
}
