import { command, type Command } from '../dialect.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { empty, xml } from './answers.ts'
import type { ObjectRequest } from './aws-request.ts'
import { readTagging } from './documents.ts'
import { checkedTags } from './tag-rules.ts'
import { readVersion, versionHeaders } from './versions.ts'

export function getObjectTagging({ bucket, key, query }: ObjectRequest): Command {
  return command({ name: 'GetObjectTagging', bucket, key, ...readVersion(query) }, (result) =>
    xml('Tagging', [['TagSet', Object.entries(result.tags).map(tagNode)]], versionHeaders(result)),
  )
}

function tagNode([name, value]: [string, string]): XmlNode {
  return [
    'Tag',
    [
      ['Key', name],
      ['Value', value],
    ],
  ]
}

export async function putObjectTagging(request: ObjectRequest): Promise<Command> {
  const { bucket, key, query } = request
  const tags = checkedTags(await readTagging(request))
  return command({ name: 'PutObjectTagging', bucket, key, ...readVersion(query), tags }, (result) =>
    empty(200, versionHeaders(result)),
  )
}

export function deleteObjectTagging({ bucket, key, query }: ObjectRequest): Command {
  return command({ name: 'DeleteObjectTagging', bucket, key, ...readVersion(query) }, (result) =>
    empty(204, versionHeaders(result)),
  )
}
