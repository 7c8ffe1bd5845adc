import { StoreError } from '../errors.ts'
import type { Action, Decision } from './model.ts'

/**
 * A refusal that says which layer and rule decided. The console tells its members; a wire dialect tells only facts
 * that it lists, and these are not among them.
 */
export function refusal(decision: Decision<string>, action: Action, resource: string): StoreError {
  const { layer, rule } = decision
  return new StoreError('AccessDenied', 'Access Denied', { layer, rule, action, resource })
}
