/** A document as data: an element with a value or with children, in order. `attributes` are written as they are. */
export type XmlNode = readonly [name: string, content: XmlContent, attributes?: string]
export type XmlContent = string | number | boolean | readonly XmlNode[]

const SPECIAL = /[&<>"\x00-\x1f\x7f-\x9f\ufffe\uffff]/g
const NAMED = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
])

/**
 * Serialises a document. Control characters become numeric references, as S3 writes them: an XML 1.0 parser
 * refuses some of those, which tells a client to ask with `encoding-type=url`; replacing them would silently
 * name another object. CR, LF and tab survive a parser's normalisation that way.
 */
export function writeXml(root: string, namespace: string | undefined, content: XmlContent): Buffer {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${writeContent(content)}</${root}>`,
  )
}

function writeNode([name, content, attributes]: XmlNode): string {
  return `<${name}${attributes === undefined ? '' : ` ${attributes}`}>${writeContent(content)}</${name}>`
}

function writeContent(content: XmlContent): string {
  return typeof content === 'object' ? content.map(writeNode).join('') : escapeXml(String(content))
}

export function escapeXml(text: string): string {
  return text.replace(
    SPECIAL,
    (character) => NAMED.get(character) ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`,
  )
}
