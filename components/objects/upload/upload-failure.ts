import { ApiError, type Facts } from '@/lib/console/client'
import type { QueuedUpload } from './upload-queue'

/** A failure as the queue keeps it: text. The page has the words, so code and facts are all it needs. */
export function failureText(error: unknown): string {
  const { code, facts } = error instanceof ApiError ? error : new ApiError('InternalError')
  return JSON.stringify({ code, facts })
}

export function failureOfText(text: string): ApiError {
  try {
    const { code, facts } = JSON.parse(text) as { code: string; facts: Facts }
    return new ApiError(code, facts)
  } catch {
    // Uppy's own words for what went wrong inside it.
    return new ApiError('InternalError')
  }
}

/** The failure that every failed file has in common, if they do. */
export function commonFailure(files: readonly QueuedUpload[]): ApiError | undefined {
  const texts = new Set(files.flatMap(({ error }) => error ?? []))
  const [only] = texts
  return texts.size === 1 && only !== undefined ? failureOfText(only) : undefined
}
