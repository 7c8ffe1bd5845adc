import { StoreError } from '../../errors.ts'
import type { Results } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { formatHttpDate } from '../http/dates.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { xml } from './answers.ts'
import { wholeNumber, type ObjectRequest } from './aws-request.ts'
import { readCustomerKey } from './headers.ts'
import { checksumNodes } from './multipart-operations.ts'
import { storageClassWord } from './storage-class.ts'
import { readVersion, versionHeaders } from './versions.ts'

const MAX_PARTS = 1000
type Attributes = Results['GetObjectAttributes']
type Page = { after: number; limit: number }

/** The attributes a client may ask for, in the order S3 lists them. The ETag has no quotes here (aws-s3.md §2.2). */
const ATTRIBUTES: ReadonlyMap<string, (result: Attributes, page: Page) => XmlNode[]> = new Map([
  ['ETag', ({ object }: Attributes): XmlNode[] => [['ETag', object.etag]]],
  [
    'Checksum',
    ({ object }: Attributes): XmlNode[] => {
      const nodes = checksumNodes(object.checksums, true)
      return nodes.length > 0 ? [['Checksum', nodes]] : []
    },
  ],
  ['ObjectParts', partsNodes],
  [
    'StorageClass',
    ({ object }: Attributes): XmlNode[] => [['StorageClass', storageClassWord(object.storageClass)]],
  ],
  ['ObjectSize', ({ object }: Attributes): XmlNode[] => [['ObjectSize', object.size]]],
])

export function getObjectAttributes(request: ObjectRequest): Command {
  const { bucket, key, headers, query, secure } = request
  const customerKey = readCustomerKey(headers, secure)
  const wanted = readWanted(headers.get('x-amz-object-attributes'))
  const after = wholeNumber(headers.get('x-amz-part-number-marker'), 'x-amz-part-number-marker', 0)
  const limit = wholeNumber(headers.get('x-amz-max-parts'), 'x-amz-max-parts', MAX_PARTS, MAX_PARTS)
  return command(
    {
      name: 'GetObjectAttributes',
      bucket,
      key,
      ...readVersion(query),
      partsAfter: after,
      maxParts: limit,
      ...(customerKey && { customerKey }),
    },
    (result) =>
      xml(
        'GetObjectAttributesResponse',
        [...ATTRIBUTES].flatMap(([name, render]) =>
          wanted.has(name) ? render(result, { after, limit }) : [],
        ),
        { 'last-modified': formatHttpDate(result.object.lastModified), ...versionHeaders(result) },
      ),
  )
}

function readWanted(header: string | undefined): Set<string> {
  const wanted = new Set((header ?? '').split(',').map((name) => name.trim()))
  for (const name of wanted)
    if (!ATTRIBUTES.has(name))
      throw new StoreError('InvalidArgument', 'Invalid attribute name specified.', {
        argument: 'x-amz-object-attributes',
        value: name,
      })
  return wanted
}

function partsNodes({ object, parts, truncated }: Attributes, { after, limit }: Page): XmlNode[] {
  if (!object.multipart) return []
  const last = parts[parts.length - 1]
  return [
    [
      'ObjectParts',
      [
        ['PartsCount', object.partCount],
        ['PartNumberMarker', after],
        ...(truncated && last ? ([['NextPartNumberMarker', last.number]] as XmlNode[]) : []),
        ['MaxParts', limit],
        ['IsTruncated', truncated],
        ...parts.map((part): XmlNode => [
          'Part',
          [['PartNumber', part.number], ['Size', part.size], ...checksumNodes(part.checksums, false)],
        ]),
      ],
    ],
  ]
}
