import { command, type Command } from '../dialect.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { empty, xml } from './answers.ts'
import type { ObjectRequest } from './aws-request.ts'
import { readTagging } from './documents.ts'

export function getObjectTagging({ bucket, key }: ObjectRequest): Command {
  return command({ name: 'GetObjectTagging', bucket, key }, ({ tags }) =>
    xml('Tagging', [
      [
        'TagSet',
        Object.entries(tags).map(([name, value]): XmlNode => [
          'Tag',
          [
            ['Key', name],
            ['Value', value],
          ],
        ]),
      ],
    ]),
  )
}

export async function putObjectTagging(request: ObjectRequest): Promise<Command> {
  const { bucket, key } = request
  return command({ name: 'PutObjectTagging', bucket, key, tags: await readTagging(request) }, () =>
    empty(200),
  )
}

export function deleteObjectTagging({ bucket, key }: ObjectRequest): Command {
  return command({ name: 'DeleteObjectTagging', bucket, key }, () => empty(204))
}
