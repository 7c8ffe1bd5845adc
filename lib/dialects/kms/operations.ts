import { StoreError } from '../../errors.ts'
import { keyCommand, type Command } from '../dialect.ts'
import { grants, keyPolicies } from './access.ts'
import { json } from './answers.ts'
import { cryptography } from './cryptography.ts'
import { aliases, keys } from './keys.ts'
import { importing, rotation } from './material.ts'
import { isStructure, Members } from './members.ts'
import type { Spellings, SpokenName } from './spelling.ts'

export const TARGET_PREFIX = 'TrentService.'

/** Every operation that KMS has a word for. Total by type: one without a spelling does not compile. */
const spellings: Spellings<SpokenName> = {
  ...keys,
  ...aliases,
  ...cryptography,
  ...keyPolicies,
  ...grants,
  ...rotation,
  ...importing,
}

export const spokenNames = Object.keys(spellings) as SpokenName[]

/**
 * @param target value of X-Amz-Target
 * @param secure nobody on the way can read what the answer carries
 * @throws StoreError MethodNotAllowed (an operation KMS has and we do not, or nobody has) | MalformedJSON |
 *   InvalidArgument | NotImplemented | CustomerKeyOverInsecureTransport
 */
export function parseOperation(target: string, body: Buffer, secure: boolean): Command {
  const name = spokenNames.find((candidate) => TARGET_PREFIX + candidate === target)
  if (name === undefined) throw new StoreError('MethodNotAllowed', 'The operation is not known.')
  return commandOf(name, readDocument(body), secure)
}

function commandOf<N extends SpokenName>(name: N, members: Members, secure: boolean): Command {
  const { read, write, secret } = spellings[name]
  if (secret && !secure) throw insecure(name)
  const request = read(members)
  return keyCommand(name, request, (result) => json(write(result, request)))
}

/** AWS offers KMS over TLS only; SSE-C has the same rule. Loopback and a trusted proxy's TLS count as secure. */
function insecure(name: string): StoreError {
  const message = `${name} carries plaintext and must be made over a secure connection.`
  return new StoreError('CustomerKeyOverInsecureTransport', message)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function readDocument(body: Buffer): Members {
  const document = body.length === 0 ? {} : parseJson(body)
  if (!isStructure(document)) throw malformed()
  return new Members(document)
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body)) as unknown
  } catch {
    // The parser's message quotes its input, which may be a key.
    throw malformed()
  }
}

function malformed(): StoreError {
  return new StoreError('MalformedJSON', 'The request body is not a JSON structure.')
}
