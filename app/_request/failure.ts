import { ZodError } from 'zod'
import type { ErrorCode, ErrorFacts } from '@/lib/errors'
import { describeFault } from '@/lib/ports/fault'
import { ERROR_STATUS } from './error-status'

/** A refusal that begins in this room: the JSON API itself refuses, not the store. */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  constructor(code: ErrorCode, facts: ErrorFacts = {}) {
    super(code)
    // The store meets it where a body fails, and knows its errors by this name.
    this.name = 'StoreError'
    this.code = code
    this.facts = facts
  }
}

/** Any failure as the JSON of `failureSchema`. What nobody foresaw is logged and told as InternalError, without its words. */
export function failureResponse(error: unknown, requestId: string): Response {
  const { code, facts } = known(error) ?? { code: 'InternalError' as const, facts: {} }
  // Not the error itself: messages of foreign errors quote what they were given.
  if (ERROR_STATUS[code] >= 500 && code !== 'NotImplemented')
    console.error(`[console] request ${requestId} failed: ${describeFault(error)}`)
  return Response.json(
    { code, facts, requestId },
    { status: ERROR_STATUS[code], headers: { 'cache-control': 'no-store' } },
  )
}

function known(error: unknown): { code: ErrorCode; facts: ErrorFacts } | undefined {
  if (error instanceof Refusal) return error
  if (error instanceof ZodError) {
    return { code: 'InvalidArgument', facts: { argument: error.issues[0]?.path.join('.') ?? '' } }
  }
  // by shape, not by class: the store runs in another copy of its modules
  if (error instanceof Error && error.name === 'StoreError' && 'code' in error && 'facts' in error) {
    const code = error.code as ErrorCode
    return Object.hasOwn(ERROR_STATUS, code) ? { code, facts: error.facts as ErrorFacts } : undefined
  }
  return undefined
}
