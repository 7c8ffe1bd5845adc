import type { DeletedObject, DeleteObjects } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { childrenOf, malformed, textOf, type XmlElement } from '../http/xml-read.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { empty, xml } from './answers.ts'
import { requireContentMd5, requireDocument, trimmed } from './documents.ts'
import { refuseEncryption } from './headers.ts'
import { encodingOf } from './listing.ts'
import type { BucketRequest } from './oss-request.ts'

const MAX_KEYS = 1000

/**
 * DeleteMultipleObjects. OSS has no word for one object's failure: what was not deleted is missing from the answer. A client
 * that asked for no answer would not see that, so then a failure is the answer.
 */
export async function deleteObjects(request: BucketRequest): Promise<Command> {
  const { bucket, fields, query } = request
  refuseEncryption(fields)
  requireContentMd5(request)
  const { encode, nodes } = encodingOf(query)
  const document = await requireDocument(request, 'Delete', 2 * 2 ** 20)
  const elements = childrenOf(document, 'Object')
  if (elements.length === 0 || elements.length > MAX_KEYS) throw malformed()
  const objects = elements.map(readObject)
  const quiet = trimmed(document, 'Quiet') === 'true'
  return command({ name: 'DeleteObjects', bucket, objects, quiet }, ({ deleted, failed }) => {
    if (failed.length > 0 && (quiet || deleted.length === 0)) throw failed[0]!.error
    if (quiet) return empty(200)
    return xml('DeleteResult', [
      ...nodes,
      ...deleted.map((each): XmlNode => ['Deleted', deletedNodes(each, encode)]),
    ])
  })
}

function readObject(element: XmlElement): DeleteObjects['objects'][number] {
  const key = textOf(element, 'Key')
  if (key === undefined || key === '') throw malformed()
  const versionId = trimmed(element, 'VersionId')
  return { key, ...(versionId !== undefined && { versionId }) }
}

function deletedNodes(deleted: DeletedObject, encode: (name: string) => string): XmlNode[] {
  const { key, versionId, deleteMarker, deleteMarkerVersionId } = deleted
  const nodes: XmlNode[] = [['Key', encode(key)]]
  if (versionId !== undefined) nodes.push(['VersionId', versionId])
  if (deleteMarker) nodes.push(['DeleteMarker', true])
  if (deleteMarkerVersionId !== undefined) nodes.push(['DeleteMarkerVersionId', deleteMarkerVersionId])
  return nodes
}
