import type { CustomerKeyJson } from '@/lib/console/schemas-modify-encryption'
import type { CustomerKey } from '@/lib/store/encryption-model'
import type { OperationName, OperationOf, Results } from '@/lib/store/operations'
import type { ProjectRequest } from './route'
import { isFromSafePage } from './safe-page'
import { system } from './system'

export function customerKeyOf({ suite, key }: CustomerKeyJson): CustomerKey {
  return { suite, key: Buffer.from(key, 'base64') }
}

/**
 * Executes an operation that may carry a customer's key: its way here counts as safe when the connection is, or when the
 * browser says that the page came over TLS or from its own machine.
 * @throws StoreError
 */
export function runWithKey<N extends OperationName, P>(
  { caller, origin, request }: ProjectRequest<P>,
  operation: OperationOf<N>,
): Promise<Results[N]> {
  const secure = origin.secure || isFromSafePage(request.headers)
  return system().store.run(operation, caller, { ...origin, secure, signal: request.signal })
}
