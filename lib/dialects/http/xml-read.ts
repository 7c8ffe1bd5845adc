import { StoreError } from '../../errors.ts'

/** An element of a parsed document. Text of its own and text of its children are kept apart. */
export interface XmlElement {
  name: string
  text: string
  children: XmlElement[]
}

const MAX_DEPTH = 16
/** 10,000 parts with a number, an ETag and several checksums each, start and end counted; sizes of documents bound the rest */
const MAX_TAGS = 250_000
const NAME = /^[A-Za-z_][\w.-]*$/
const START_TAG = /^([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_:][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)$/
const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/**
 * Reads the subset of XML that S3 clients send: elements, text, CDATA, comments, one declaration. There is no
 * DTD, so there are no entities to expand; depth and number of elements are bounded and the cost is linear. Written
 * by hand because general parsers either trim or guess (keys are data: ` a` and `a` are two objects, and
 * `&#13;` must arrive as a carriage return, or DeleteObjects deletes another key).
 * @throws StoreError MalformedXML
 */
export function readXml(document: string): XmlElement {
  const root: XmlElement = { name: '', text: '', children: [] }
  const open: XmlElement[] = [root]
  let position = document.charCodeAt(0) === 0xfeff ? 1 : 0
  let tags = 0
  while (position < document.length) {
    const current = open[open.length - 1]!
    const tag = document.indexOf('<', position)
    if (tag < 0) {
      current.text += decodeText(document.slice(position))
      break
    }
    if (tag > position) current.text += decodeText(document.slice(position, tag))
    if (document.startsWith('<!--', tag)) {
      position = after(document, '-->', tag + 4)
    } else if (document.startsWith('<![CDATA[', tag)) {
      position = after(document, ']]>', tag + 9)
      current.text += document.slice(tag + 9, position - 3)
    } else if (document.startsWith('<?', tag)) {
      if (tags > 0) throw malformed()
      position = after(document, '?>', tag + 2)
    } else {
      position = after(document, '>', tag + 1)
      const inside = document.slice(tag + 1, position - 1)
      if (inside.startsWith('/')) closeElement(open, inside.slice(1).trimEnd())
      else openElement(open, inside)
      if (++tags > MAX_TAGS) throw malformed()
    }
  }
  const [only, ...more] = root.children
  if (open.length !== 1 || only === undefined || more.length > 0 || root.text.trim() !== '') throw malformed()
  return only
}

function openElement(open: XmlElement[], inside: string): void {
  const match = START_TAG.exec(inside)
  if (match === null || open.length > MAX_DEPTH) throw malformed()
  const element: XmlElement = { name: localName(match[1]!), text: '', children: [] }
  open[open.length - 1]!.children.push(element)
  if (match[3] === '') open.push(element)
}

function closeElement(open: XmlElement[], name: string): void {
  const closed = open.pop()
  if (open.length === 0 || closed?.name !== localName(name)) throw malformed()
}

/** Namespace prefixes are dropped: no S3 document tells two elements apart by them. */
function localName(name: string): string {
  const local = name.slice(name.indexOf(':') + 1)
  if (!NAME.test(local)) throw malformed()
  return local
}

function after(document: string, terminator: string, from: number): number {
  const found = document.indexOf(terminator, from)
  if (found < 0) throw malformed()
  return found + terminator.length
}

function decodeText(text: string): string {
  const normalised = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  if (!normalised.includes('&')) return normalised
  return normalised.replace(/&([^;&]{0,10});?/g, (reference, name: string) => {
    if (!reference.endsWith(';')) throw malformed()
    return ENTITIES.get(name) ?? decodeNumber(name)
  })
}

function decodeNumber(name: string): string {
  const hex = /^#x([0-9a-fA-F]{1,6})$/.exec(name)
  const decimal = /^#(\d{1,7})$/.exec(name)
  const code = hex ? Number.parseInt(hex[1]!, 16) : decimal ? Number.parseInt(decimal[1]!, 10) : -1
  const representable = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
  if (!representable) throw malformed()
  return String.fromCodePoint(code)
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

/** The only child of that name, or undefined when there is none. @throws StoreError MalformedXML when there are several */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  const [only, ...more] = childrenOf(element, name)
  if (more.length > 0) throw malformed()
  return only
}

/** Text of the only child of that name, exactly as sent. @throws StoreError MalformedXML */
export function textOf(element: XmlElement, name: string): string | undefined {
  return childOf(element, name)?.text
}

export function malformed(): StoreError {
  return new StoreError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )
}
