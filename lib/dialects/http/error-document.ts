import type { ErrorFacts } from '../../errors.ts'
import { formatHttpDate } from './dates.ts'
import { isHeaderSafe } from './text.ts'
import type { XmlNode } from './xml-write.ts'

/**
 * Facts of a failure as elements of its document. `elements` is an allow-list: from fact to the vendor's name for it; any
 * other fact stays untold.
 */
export function factNodes(facts: ErrorFacts, elements: ReadonlyMap<string, string>): XmlNode[] {
  const nodes: XmlNode[] = []
  for (const [fact, value] of Object.entries(facts)) {
    const element = elements.get(fact)
    if (element !== undefined && value !== undefined) nodes.push([element, value])
  }
  return nodes
}

/** The current validators, which a 304 names although it has no body (RFC 9110 §15.4.5). */
export function validators(
  { etag, lastModified }: ErrorFacts,
  quoted: (etag: string) => string,
): Record<string, string> {
  return {
    ...(typeof etag === 'string' && isHeaderSafe(etag) && { etag: quoted(etag) }),
    ...(typeof lastModified === 'number' && { 'last-modified': formatHttpDate(lastModified) }),
  }
}
