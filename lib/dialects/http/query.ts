import { decodePercent } from './percent.ts'

export interface QueryParameter {
  name: string
  value: string
}

/** The decoded parameters of a URL in the order they came; a bare `?acl` has the value ''. */
export class Query {
  readonly parameters: readonly QueryParameter[]

  constructor(parameters: readonly QueryParameter[]) {
    this.parameters = parameters
  }

  /** The first value; SDKs never repeat a name, and a repeated one is signed all the same. */
  get(name: string): string | undefined {
    return this.parameters.find((parameter) => parameter.name === name)?.value
  }

  has(name: string): boolean {
    return this.parameters.some((parameter) => parameter.name === name)
  }
}

/**
 * Splits and decodes what follows the question mark. `+` means a blank, as every S3 server reads it.
 * @throws StoreError InvalidUri
 */
export function parseQuery(rawQuery: string): Query {
  if (rawQuery === '') return new Query([])
  return new Query(
    rawQuery
      .split('&')
      .filter((pair) => pair !== '')
      .map(parsePair),
  )
}

function parsePair(pair: string): QueryParameter {
  const equals = pair.indexOf('=')
  if (equals < 0) return { name: decode(pair), value: '' }
  return { name: decode(pair.slice(0, equals)), value: decode(pair.slice(equals + 1)) }
}

function decode(text: string): string {
  return decodePercent(text.includes('+') ? text.replaceAll('+', ' ') : text)
}
