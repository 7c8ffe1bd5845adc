'use client'
import { useEffect, useRef, useState } from 'react'

/** ms of the past by which the speed is known */
const WINDOW = 10_000
/** ms before anything is said of it */
const ENOUGH = 3_000
const LOOK_EVERY = 1_000

export interface Sample {
  /** ms */
  at: number
  sentBytes: number
}

/** Seconds that the rest takes at the speed of these samples; undefined while they do not tell it. */
export function secondsLeft(samples: readonly Sample[], bytes: number): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)]
  if (!first || !last || last.at - first.at < ENOUGH || last.sentBytes <= first.sentBytes) return undefined
  const bytesPerMs = (last.sentBytes - first.sentBytes) / (last.at - first.at)
  return (bytes - last.sentBytes) / bytesPerMs / 1000
}

/** The same, as it goes: of the last ten seconds. */
export function useSecondsLeft(sentBytes: number, bytes: number): number | undefined {
  const [left, setLeft] = useState<number>()
  const now = useRef({ sentBytes, bytes })
  useEffect(() => {
    now.current = { sentBytes, bytes }
  })
  useEffect(() => {
    let samples: Sample[] = []
    const timer = setInterval(() => {
      const at = performance.now()
      samples = [...samples.filter((one) => at - one.at <= WINDOW), { at, sentBytes: now.current.sentBytes }]
      setLeft(secondsLeft(samples, now.current.bytes))
    }, LOOK_EVERY)
    return () => clearInterval(timer)
  }, [])
  return left
}
