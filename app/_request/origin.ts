import { remoteAddress } from './remote-address'
import { system } from './system'

/** Where a request came from, as rules and the audit log ask. */
export interface RequestOrigin {
  requestId: string
  remoteAddress: string
  /** The console as such is behind TLS, or this request came through it (`server.ts` makes the header true). */
  secure: boolean
}

export function originOf(request: Request, requestId: string): RequestOrigin {
  const declared = request.headers.get('x-forwarded-proto') === 'https'
  const secure = declared || system().config.publicConsoleUrl.startsWith('https:')
  return { requestId, remoteAddress: remoteAddress(request.headers), secure }
}
