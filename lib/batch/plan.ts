import type { Foreseen } from './foresee.ts'
import type { Amount, Plan, Rates, Throttle } from './model.ts'

const NOTHING: Amount = { objects: 0, bytes: 0 }

export const EMPTY_PLAN: Plan = {
  complete: false,
  total: NOTHING,
  unchanged: NOTHING,
  rewrapped: NOTHING,
  rewritten: NOTHING,
  cannot: {},
  keyServiceCalls: 0,
}

/** The plan with one more object. */
export function counted(plan: Plan, foreseen: Foreseen, bytes: number): Plan {
  const total = more(plan.total, bytes)
  if (foreseen.kind === 'cannot') {
    const { reason } = foreseen
    return { ...plan, total, cannot: { ...plan.cannot, [reason]: more(plan.cannot[reason], bytes) } }
  }
  const { kind, keyServiceCalls } = foreseen
  return {
    ...plan,
    total,
    [kind]: more(plan[kind], bytes),
    keyServiceCalls: plan.keyServiceCalls + keyServiceCalls,
  }
}

/** Until this installation has changed something itself: what two cores of a small server did. */
export const FIRST_RATES: Rates = {
  rewrapsPerSecond: 1500,
  rewritesPerSecond: 200,
  rewrittenBytesPerSecond: 100_000_000,
}

/** Seconds that a plan will take at these rates; a throttle can only lengthen it. */
export function estimatedSeconds(plan: Plan, rates: Rates, throttle: Throttle): number {
  const { rewrapped, rewritten } = plan
  const work =
    rewrapped.objects / rates.rewrapsPerSecond +
    rewritten.objects / rates.rewritesPerSecond +
    rewritten.bytes / rates.rewrittenBytesPerSecond
  const { objectsPerSecond = Infinity, bytesPerSecond = Infinity } = throttle
  return Math.max(work, plan.total.objects / objectsPerSecond, rewritten.bytes / bytesPerSecond)
}

function more({ objects, bytes }: Amount = NOTHING, size: number): Amount {
  return { objects: objects + 1, bytes: bytes + size }
}
