/** `*` and `?` as wildcards; everything else is one character of text. */
export const ANY = Symbol('any characters')
export const ONE = Symbol('one character')
type Char = string | typeof ANY | typeof ONE

interface Variable {
  key: string
  fallback: string | undefined
}

/** Text with wildcards and policy variables, cut into characters. */
export type Template = readonly (Char | Variable)[]

/** What a policy variable stands for in this request; undefined: the request has no such fact. */
export type VariableLookup = (key: string) => string | undefined

export interface TemplateSyntax {
  wildcards: boolean
  /** Version 2012-10-17 only (IAM User Guide, "Policy variables") */
  variables: boolean
}

const VARIABLE = /^\$\{\s*([^\s,{}$]+)\s*(?:,\s*'([^']*)'\s*)?\}/
const ESCAPE = /^\$\{([*?$])\}/

/**
 * Cuts a pattern of a policy up once, so that the value of a variable can never bring a wildcard with it.
 * @returns undefined when `${` opens what is no variable
 */
export function parseTemplate(text: string, syntax: TemplateSyntax): Template | undefined {
  const template: (Char | Variable)[] = []
  let rest = text
  while (rest !== '') {
    if (syntax.variables && rest.startsWith('${')) {
      const [escape, literal] = ESCAPE.exec(rest) ?? []
      const [reference, key, fallback] = VARIABLE.exec(rest) ?? []
      if (escape !== undefined && literal !== undefined) template.push(literal)
      else if (reference !== undefined && key !== undefined) template.push({ key, fallback })
      else return undefined
      rest = rest.slice((escape ?? reference)!.length)
      continue
    }
    const char = String.fromCodePoint(rest.codePointAt(0)!)
    template.push(syntax.wildcards && char === '*' ? ANY : syntax.wildcards && char === '?' ? ONE : char)
    rest = rest.slice(char.length)
  }
  return template
}

/** Names of the variables a template refers to. */
export function variablesOf(template: Template): string[] {
  return template.flatMap((part) => (typeof part === 'object' ? [part.key] : []))
}

/** Does the text match? A variable without a value matches nothing. */
export function matchesTemplate(
  template: Template,
  text: string,
  lookup: VariableLookup,
  ignoreCase = false,
): boolean {
  const pattern = resolved(template, lookup)
  if (pattern === undefined) return false
  return ignoreCase ? glob(pattern.map(lowerCase), [...text.toLowerCase()]) : glob(pattern, [...text])
}

/** An ARN pattern: each of the six parts is matched by itself, so that a wildcard never reaches into the next. */
export function splitArn(template: Template): Template[] | undefined {
  const parts: (Char | Variable)[][] = [[]]
  for (const part of template) {
    if (part === ':' && parts.length < 6) parts.push([])
    else parts.at(-1)!.push(part)
  }
  return parts.length === 6 ? parts : undefined
}

/** @param parts from splitArn */
export function matchesArn(parts: readonly Template[], arn: string, lookup: VariableLookup): boolean {
  const pieces = arn.split(':')
  if (pieces.length < 6) return false
  const six = [...pieces.slice(0, 5), pieces.slice(5).join(':')]
  return parts.every((part, i) => matchesTemplate(part, six[i]!, lookup))
}

function resolved(template: Template, lookup: VariableLookup): Char[] | undefined {
  const chars: Char[] = []
  for (const part of template) {
    if (typeof part !== 'object') chars.push(part)
    else {
      const value = lookup(part.key) ?? part.fallback
      if (value === undefined) return undefined
      chars.push(...value)
    }
  }
  return chars
}

function lowerCase(char: Char): Char {
  return typeof char === 'string' ? char.toLowerCase() : char
}

/** Steps back to the last `*` only: never worse than |pattern| × |text|, however many stars a policy has. */
function glob(pattern: readonly Char[], text: readonly string[]): boolean {
  let [p, t, star, retry] = [0, 0, -1, 0]
  while (t < text.length) {
    const char = pattern[p]
    if (char === ANY) {
      star = p++
      retry = t
    } else if (char !== undefined && (char === ONE || char === text[t])) {
      p += 1
      t += 1
    } else if (star >= 0) {
      p = star + 1
      t = ++retry
    } else return false
  }
  while (pattern[p] === ANY) p += 1
  return p === pattern.length
}
