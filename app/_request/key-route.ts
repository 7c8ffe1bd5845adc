import type { KeyOperationName, KeyRequest, KeyResult } from '@/lib/kms/operations'
import { projectRoute, type ProjectRequest } from './route'
import { system } from './system'

type RunKey = <N extends KeyOperationName>(name: N, request: KeyRequest<N>) => Promise<KeyResult<N>>

export interface KeyRouteRequest<P> extends ProjectRequest<P> {
  /** Executes one operation of the key service as this person in this project. @throws StoreError */
  runKey: RunKey
}

type Answer = Response | Record<string, unknown>

/** A route of the key service: authorised and audited there, as every client of it. */
export function keyRoute<P = { keyId: string }>(handle: (request: KeyRouteRequest<P>) => Promise<Answer>) {
  return projectRoute<P>((api) => {
    const runKey: RunKey = (name, request) => system().kms.run(name, request, api.caller, api.origin)
    return handle({ ...api, runKey })
  })
}

/** What the key's own policy hides from this person is left out of a page, and all else is shown. */
export async function unlessHidden<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'AccessDenied') return undefined
    throw error
  }
}

/** Every page of a paged operation. */
export async function allOf<T>(
  page: (of: { limit: number; marker: string | undefined }) => Promise<{
    items: T[]
    nextMarker: string | undefined
  }>,
): Promise<T[]> {
  const items: T[] = []
  let marker: string | undefined
  do {
    const answer = await page({ limit: PAGE, marker })
    items.push(...answer.items)
    marker = answer.nextMarker
  } while (marker !== undefined)
  return items
}

/** KMS lists at most this many at once. */
const PAGE = 100
