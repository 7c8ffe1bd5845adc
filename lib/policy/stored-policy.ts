import type { PolicyDocument } from './model.ts'
import { parsePolicy, type PolicyKind } from './parse-policy.ts'

/** What stands in for a stored policy that cannot be read: nobody may do anything until it is written anew. */
const UNREADABLE: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'UnreadablePolicy', Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }],
}
const LIMIT = 1000

const known = new Map<string, PolicyDocument>()

/** A policy as a row holds it. The same text gives the same document, so it is parsed once, not in each request. */
export function storedPolicy(json: string, kind: PolicyKind): PolicyDocument {
  const name = `${kind}\0${json}`
  const found = known.get(name)
  if (found !== undefined) return found
  const policy = readable(json, kind)
  const oldest = known.keys().next().value
  if (known.size >= LIMIT && oldest !== undefined) known.delete(oldest)
  known.set(name, policy)
  return policy
}

function readable(json: string, kind: PolicyKind): PolicyDocument {
  try {
    return parsePolicy(json, kind)
  } catch {
    return UNREADABLE
  }
}
