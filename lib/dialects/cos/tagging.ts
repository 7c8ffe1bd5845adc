import { command, type Command } from '../dialect.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { empty, versionHeader, xml } from './answers.ts'
import type { ObjectRequest } from './cos-request.ts'
import { readTagging } from './documents.ts'
import { versionOf } from './object-operations.ts'

export function getObjectTagging(request: ObjectRequest): Command {
  const { bucket, key } = request
  return command({ name: 'GetObjectTagging', bucket, key, ...versionOf(request) }, (result) =>
    xml(
      'Tagging',
      [
        [
          'TagSet',
          Object.entries(result.tags).map(([name, value]): XmlNode => [
            'Tag',
            [
              ['Key', name],
              ['Value', value],
            ],
          ]),
        ],
      ],
      versionHeader(result),
    ),
  )
}

/** COS answers 204 (document 436/42997). */
export async function putObjectTagging(request: ObjectRequest): Promise<Command> {
  const { bucket, key } = request
  const tags = await readTagging(request)
  return command({ name: 'PutObjectTagging', bucket, key, tags, ...versionOf(request) }, (result) =>
    empty(204, versionHeader(result)),
  )
}

export function deleteObjectTagging(request: ObjectRequest): Command {
  const { bucket, key } = request
  return command({ name: 'DeleteObjectTagging', bucket, key, ...versionOf(request) }, (result) =>
    empty(204, versionHeader(result)),
  )
}
