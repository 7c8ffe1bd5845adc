import { randomUUID } from 'node:crypto'
import type { Caller } from '@/lib/store/model'
import type { OperationName, OperationOf, Results } from '@/lib/store/operations'
import { Refusal, failureResponse } from './failure'
import { originOf, type RequestOrigin } from './origin'
import { pieces } from './raw-request'
import { mayChange } from './same-origin'
import { requireSignedIn, type SignedIn } from './session'
import { system } from './system'

export interface ApiRequest<P> {
  request: Request
  params: P
  /** the query, by name; the last of several values wins */
  query: Record<string, string>
  requestId: string
  origin: RequestOrigin
}

type Run = <N extends OperationName>(operation: OperationOf<N>) => Promise<Results[N]>

export interface ProjectRequest<P> extends ApiRequest<P> {
  person: SignedIn
  caller: Caller & { kind: 'member' }
  /** Executes one operation of the store as this person in this project. @throws StoreError */
  run: Run
}

type RouteHandler<P> = (request: Request, context: { params: Promise<P> }) => Promise<Response>
type Answer = Response | Record<string, unknown>

/** A route of the JSON API: refuses forged requests, turns a value into JSON and a failure into its code. */
export function apiRoute<P>(handle: (request: ApiRequest<P>) => Promise<Answer>): RouteHandler<P> {
  return async (request, { params }) => {
    const requestId = randomUUID()
    try {
      if (!mayChange(request.method, request.headers, system().config.publicConsoleUrl))
        throw new Refusal('AccessDenied')
      const query = Object.fromEntries(new URL(request.url).searchParams)
      const origin = originOf(request, requestId)
      const answer = await handle({ request, params: await params, query, requestId, origin })
      if (answer instanceof Response) return answer
      return Response.json(answer, { headers: { 'cache-control': 'no-store' } })
    } catch (error) {
      return failureResponse(error, requestId)
    }
  }
}

/** A route within the project that `?project=` names, for its members only. */
export function projectRoute<P>(handle: (request: ProjectRequest<P>) => Promise<Answer>): RouteHandler<P> {
  return apiRoute(async (api: ApiRequest<P>) => {
    const person = await requireSignedIn()
    const { store, accounts } = system()
    const caller = await accounts.callerFor(person.user.userId, api.query.project ?? '')
    const context = { ...api.origin, signal: api.request.signal }
    const run: Run = (operation) => store.run(operation, caller, context)
    return handle({ ...api, person, caller, run })
  })
}

/** Enough for every form; nobody, signed in or not, may fill the memory with a body. */
const FORM_BYTES = 64 * 1024

/**
 * The JSON body of a request, as `schema` reads it.
 * @throws ZodError; Refusal InvalidArgument when it is no JSON, EntityTooLarge
 */
export async function jsonBody<T>(
  request: Request,
  schema: { parse: (value: unknown) => T },
  maximumBytes = FORM_BYTES,
): Promise<T> {
  return schema.parse(parsed(await bodyBytes(request, maximumBytes)))
}

/** The fields of a form that the browser sent (application/x-www-form-urlencoded). @throws as `jsonBody` */
export async function formBody<T>(request: Request, schema: { parse: (value: unknown) => T }): Promise<T> {
  const fields = new URLSearchParams((await bodyBytes(request, FORM_BYTES)).toString())
  return schema.parse(Object.fromEntries(fields))
}

async function bodyBytes(request: Request, maximumBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const piece of pieces(request.body)) {
    size += piece.length
    if (size > maximumBytes) throw new Refusal('EntityTooLarge', { maximum: maximumBytes })
    chunks.push(piece)
  }
  return Buffer.concat(chunks)
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    throw new Refusal('InvalidArgument', { argument: 'body' })
  }
}
