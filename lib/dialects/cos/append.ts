import { StoreError } from '../../errors.ts'
import { command, type Command } from '../dialect.ts'
import { empty, writtenHeaders } from './answers.ts'
import { wholeNumber, type ObjectRequest } from './cos-request.ts'
import { readDescription } from './description.ts'
import { customerKeyOf, readEncryption } from './headers.ts'
import { requireLength } from './object-operations.ts'
import { checkWriteHeaders, readContentChecks } from './write-headers.ts'

/** `POST ?append&position=N` (document 436/7741). A later append may say how the object is encrypted, if it is true. */
export function appendObject(request: ObjectRequest): Command {
  const { bucket, key, fields, content, query } = request
  checkWriteHeaders(fields)
  if (!query.get('position'))
    throw new StoreError('InvalidArgument', 'An append needs the parameter position', {
      argument: 'position',
    })
  const encryption = readEncryption(request)
  return command(
    {
      name: 'AppendObject',
      bucket,
      key,
      position: wholeNumber(request, 'position', 0),
      body: content.body,
      contentLength: requireLength(content.length),
      ...readDescription(request),
      encryption,
      ofExisting: 'must-agree',
      checks: readContentChecks(fields),
      told: ['sha1'],
    },
    (written) =>
      empty(200, {
        ...writtenHeaders(written, customerKeyOf(encryption)),
        // of the bytes that were appended, as COS's page shows it
        'x-cos-content-sha1': Buffer.from(written.appended[0]!.value, 'base64').toString('hex'),
        'x-cos-next-append-position': written.position,
      }),
  )
}
