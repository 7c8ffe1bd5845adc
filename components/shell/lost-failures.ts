'use client'
import { useQueryClient, type Mutation } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import { useErrorToast } from './error-message'

type AnyMutation = Mutation<unknown, unknown, unknown>

/** What fails when its place is gone, since its dialog was closed or its page left, is said in a toast. */
export function useLostFailures(): void {
  const queryClient = useQueryClient()
  const say = useEffectEvent(useErrorToast())
  useEffect(() => {
    const watchers = new WeakMap<AnyMutation, number>()
    const watched = (mutation: AnyMutation) => watchers.get(mutation) ?? 0
    return queryClient.getMutationCache().subscribe((event) => {
      if (event.type === 'observerAdded') watchers.set(event.mutation, watched(event.mutation) + 1)
      if (event.type === 'observerRemoved') watchers.set(event.mutation, watched(event.mutation) - 1)
      if (event.type !== 'updated' || event.action.type !== 'error') return
      // One with a handler of its own says it wherever the reader is.
      if (watched(event.mutation) === 0 && !event.mutation.options.onError) say(event.action.error)
    })
  }, [queryClient])
}
