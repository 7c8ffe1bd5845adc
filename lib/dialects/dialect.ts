import type { StoreError } from '../errors.ts'
import type { KeyOperationName, KeyRequest, KeyResult, KeyService } from '../kms/operations.ts'
import type { Caller } from '../store/model.ts'
import type {
  Operation,
  OperationName,
  OperationOf,
  RequestContext,
  Results,
  Store,
} from '../store/operations.ts'
import type { Address } from './http/address.ts'
import type { HttpRequest } from './http/request.ts'
import type { RequestIds } from './http/request-ids.ts'
import type { RawResponse } from './raw.ts'

/**
 * A vendor's way of spelling operations of the store and of the key service. `serve.ts` runs the same five steps for every vendor:
 * recognise, authenticate, parse, run, render.
 */
export interface Dialect {
  readonly name: string
  /** Is this request spelled our way? Looks at the signature scheme, query and header prefixes only; never throws. */
  recognise(request: HttpRequest): boolean
  /** What the URL points at, whoever asks; for what is said of a bucket's rules to pages of other origins. @throws StoreError InvalidUri */
  addressOf?(request: HttpRequest): Address
  /** @throws StoreError when the signature, its time or its scope is wrong */
  authenticate(request: HttpRequest): Promise<Authenticated>
  /** Turns the request into a value; nobody reads a header afterwards. @throws StoreError */
  parse(request: HttpRequest, authenticated: Authenticated): Promise<Command>
  renderError(error: StoreError, request: HttpRequest, ids: RequestIds): RawResponse
  /** Headers that every answer of this vendor carries. */
  stamp(ids: RequestIds): Record<string, string>
}

/** Who asks, and a body that checks itself while being read. */
export interface Authenticated {
  caller: Caller
  content: Content
}

/** A request's body behind its transfer framing, signatures and payload hash. */
export interface Content {
  /** Throws from the iterator when a signature, hash or length is wrong; a body that throws is never committed. */
  body: AsyncIterable<Buffer>
  /** bytes of `body` as announced; undefined when the client announced none */
  length: number | undefined
  /** value of a trailer, known once the body ended */
  trailer(name: string): string | undefined
  /** lower-case names of the trailers that were announced */
  trailerNames: readonly string[]
  /** every byte is covered by a signature (a hash in the signed request, or chunk by chunk) */
  signed: boolean
  /**
   * The same body without its check, for the store, which hashes uploads beside the event loop: whoever reads
   * this one must compare the hash (ContentChecks.payloadSha256).
   */
  unchecked?: { body: AsyncIterable<Buffer>; payloadSha256: Buffer }
}

/** Whose operations a dialect may spell. */
export interface Services {
  store: Store
  kms: KeyService
}

/** An operation of the key service as a value, as `Operation` is one of the store. */
export type KeyOperation = { [N in KeyOperationName]: { name: N; request: KeyRequest<N> } }[KeyOperationName]

/** One operation together with how this request wants its result rendered. */
export interface Command {
  readonly operation: Operation | KeyOperation
  run(services: Services, caller: Caller, context: RequestContext): Promise<RawResponse>
}

/** Pairs an operation with the renderer of its own result, so that the two cannot be mixed up. */
export function command<N extends OperationName>(
  operation: OperationOf<N>,
  render: (result: Results[N]) => RawResponse,
): Command {
  return {
    operation,
    run: async ({ store }, caller, context) => render(await store.run(operation, caller, context)),
  }
}

/** The same for an operation of the key service. */
export function keyCommand<N extends KeyOperationName>(
  name: N,
  request: KeyRequest<N>,
  render: (result: KeyResult<N>) => RawResponse,
): Command {
  return {
    operation: { name, request } as KeyOperation,
    run: async ({ kms }, caller, { requestId, remoteAddress, secure }) =>
      render(await kms.run(name, request, caller, { requestId, remoteAddress, secure })),
  }
}
