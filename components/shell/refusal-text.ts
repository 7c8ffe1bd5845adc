'use client'
import { useTranslations } from 'next-intl'
import type { ApiError } from '@/lib/console/client'

const LAYERS = ['role', 'member-policy', 'bucket-policy', 'key-policy', 'grant'] as const
export type Layer = (typeof LAYERS)[number]

export interface Refused {
  layer: Layer
  /** undefined: nothing allows it */
  rule: string | undefined
  /** IAM's name: `kms:DisableKey` */
  action: string
}

/** What a refusal says and what would mend it: which layer decided, by which rule. */
export function useRefusalWords(): (refused: Refused) => { why: string; mend: string } {
  const t = useTranslations('refusals')
  return ({ layer, rule, action }) => {
    const kind = rule === undefined ? 'missing' : 'denied'
    const values = { rule: rule ?? '', action }
    return { why: t(`${layer}.${kind}`, values), mend: t(`${layer}.mend`, values) }
  }
}

/** For AccessDenied with its facts; undefined where the API said no more than that. */
export function useRefusalText(): (error: ApiError) => string | undefined {
  const t = useTranslations('refusals')
  const words = useRefusalWords()
  return ({ code, facts }) => {
    const { layer, rule, action } = facts
    if (code !== 'AccessDenied' || !isLayer(layer)) return undefined
    const { why, mend } = words({
      layer,
      rule: typeof rule === 'string' ? rule : undefined,
      action: typeof action === 'string' ? action : t('thisAct'),
    })
    return `${why} ${mend}`
  }
}

function isLayer(value: unknown): value is Layer {
  return LAYERS.includes(value as Layer)
}
