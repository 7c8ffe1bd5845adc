'use client'
import { useEffect, useSyncExternalStore } from 'react'
import { ApiError } from '@/lib/console/client'
import { pages } from '@/lib/console/paths'

/** How many parts of the page hold what would be lost with it. */
let holding = 0
let signedOut = false
const listeners = new Set<() => void>()

/** The session is over: to the sign-in, unless the page holds what would be lost; then that says so in its place. */
export function leaveWhenSignedOut(error: unknown): void {
  if (!isSignedOut(error)) return
  if (holding > 0) tell(true)
  else window.location.assign(pages.signIn(window.location.pathname + window.location.search))
}

/** The server answered somebody who is signed in, perhaps again, in another tab. */
export function signedInAgain(): void {
  tell(false)
}

/** Keeps the page from leaving for the sign-in while `held`. Returns whether it would have. */
export function useStayWhenSignedOut(held: boolean): boolean {
  useEffect(() => {
    if (!held) return
    holding++
    return () => {
      holding--
      if (holding === 0) tell(false)
    }
  }, [held])
  return useSyncExternalStore(
    subscribe,
    () => signedOut,
    () => false,
  )
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'NotSignedIn'
}

function tell(now: boolean): void {
  if (signedOut === now) return
  signedOut = now
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
