'use client'
import { useEffect } from 'react'
import { pages } from '@/lib/console/paths'

/** Leads to the sign-in and remembers the way back, which only the browser knows in full. */
export function ToSignIn() {
  useEffect(() => {
    window.location.replace(pages.signIn(window.location.pathname + window.location.search))
  }, [])
  return null
}
