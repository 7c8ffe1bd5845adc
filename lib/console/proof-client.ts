import { ApiError, failureOf, request } from './client.ts'
import { endpoints, projectEndpoints } from './paths.ts'
import { emptySchema, type ObjectAt } from './schemas.ts'
import * as s from './schemas-proof.ts'

/** Whose signature is under receipts. @throws ApiError */
export const getReceiptKey = (signal?: AbortSignal) =>
  request(s.receiptKeySchema, 'GET', endpoints.receiptKey(), { signal })

export interface ProofProgress {
  /** stored bytes read, and the bytes of the content */
  read: number
  size: number
}

/** Proofs within one project. Every call throws ApiError. */
export function proofClient(project: string) {
  const api = projectEndpoints(project)
  return {
    state: (bucket: string, { key, versionId }: ObjectAt, signal?: AbortSignal) =>
      request(s.proofStateSchema, 'GET', api.proof(bucket, { key, versionId }), { signal }),
    prove: (
      bucket: string,
      body: s.Prove,
      onProgress: (progress: ProofProgress) => void,
      signal?: AbortSignal,
    ) => prove(api.proof(bucket), body, onProgress, signal),
    integrity: (signal?: AbortSignal) => request(s.integrityStateSchema, 'GET', api.integrity(), { signal }),
    startRound: () => request(emptySchema, 'POST', api.integrity()),
    findings: (query: s.FindingQuery, signal?: AbortSignal) =>
      request(s.findingPageSchema, 'GET', api.findings({ ...query }), { signal }),
  }
}

/** Reads the answer while the server checks, line by line. */
async function prove(
  url: string,
  body: s.Prove,
  onProgress: (progress: ProofProgress) => void,
  signal?: AbortSignal,
): Promise<s.Proof> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError('NetworkError')
  })
  if (!response.ok || !response.body)
    throw failureOf(await response.json().catch(() => undefined), response.status)
  for await (const text of linesOf(response.body)) {
    const line = s.proofLineSchema.parse(JSON.parse(text))
    if ('progress' in line) onProgress(line.progress)
    else if ('result' in line) return line.result
    else throw failureOf(line.failure, 500)
  }
  // It broke off: nothing was said of the object.
  throw new ApiError('NetworkError')
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader()
  try {
    let rest = ''
    for (;;) {
      const { value, done } = await reader.read()
      if (done) break
      const lines = (rest + value).split('\n')
      rest = lines.pop() ?? ''
      yield* lines.filter((line) => line !== '')
    }
  } finally {
    void reader.cancel().catch(() => undefined)
  }
}
