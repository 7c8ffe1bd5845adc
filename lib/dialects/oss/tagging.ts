import { command, type Command } from '../dialect.ts'
import { childOf, childrenOf, malformed, textOf, type XmlElement } from '../http/xml-read.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { empty, versionHeaders, xml } from './answers.ts'
import { requireDocument } from './documents.ts'
import { uniqueTags } from '../http/tagging-header.ts'
import { versionOf, type ObjectRequest } from './oss-request.ts'

export function getObjectTagging(request: ObjectRequest): Command {
  const { bucket, key } = request
  return command({ name: 'GetObjectTagging', bucket, key, ...versionOf(request) }, (result) => {
    const tags = Object.entries(result.tags).map(([name, value]): XmlNode => [
      'Tag',
      [
        ['Key', name],
        ['Value', value],
      ],
    ])
    return xml('Tagging', [['TagSet', tags]], versionHeaders(result))
  })
}

export async function putObjectTagging(request: ObjectRequest): Promise<Command> {
  const { bucket, key } = request
  const set = childOf(await requireDocument(request, 'Tagging'), 'TagSet')
  if (set === undefined) throw malformed()
  const tags = uniqueTags(
    childrenOf(set, 'Tag').map((tag) => [requiredText(tag, 'Key'), requiredText(tag, 'Value')]),
  )
  return command({ name: 'PutObjectTagging', bucket, key, tags, ...versionOf(request) }, (result) =>
    empty(200, versionHeaders(result)),
  )
}

export function deleteObjectTagging(request: ObjectRequest): Command {
  const { bucket, key } = request
  return command({ name: 'DeleteObjectTagging', bucket, key, ...versionOf(request) }, (result) =>
    empty(204, versionHeaders(result)),
  )
}

function requiredText(element: XmlElement, name: string): string {
  const text = textOf(element, name)
  if (text === undefined) throw malformed()
  return text
}
