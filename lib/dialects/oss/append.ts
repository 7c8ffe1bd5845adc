import type { StoreError } from '../../errors.ts'
import { command, type Command } from '../dialect.ts'
import { empty, writtenHeaders } from './answers.ts'
import { readDescription } from './description.ts'
import { OssRefusal } from './errors.ts'
import { readEncryption } from './headers.ts'
import { announcedLength, wholeNumber, type ObjectRequest } from './oss-request.ts'
import { checkWriteHeaders, readContentChecks } from './write-headers.ts'

/** Of an object that grows; also after an append that came to the wrong place, and with HEAD and GET. */
export const NEXT_POSITION = 'x-oss-next-append-position'

const MAX_POSITION = 5 * 2 ** 30

/**
 * `POST ?append&position=N` (Aliyun, "AppendObject"). What later appends say of encryption is passed over; a key of one's
 * own, which OSS refuses here, is as good as any.
 */
export function appendObject(request: ObjectRequest): Command {
  const { bucket, key, fields, content, query } = request
  checkWriteHeaders(fields)
  if (query.has('versionId'))
    throw refusal('0016-00000504', 'InvalidArgument', 'An append does not support the versionId parameter.')
  if (!query.get('position'))
    throw refusal('0016-00000501', 'MissingArgument', 'An append needs the position parameter.')
  return command(
    {
      name: 'AppendObject',
      bucket,
      key,
      position: wholeNumber(request, 'position', 0, { maximum: MAX_POSITION }),
      body: content.body,
      contentLength: announcedLength(request),
      ...readDescription(fields),
      encryption: readEncryption(fields),
      ofExisting: 'passed-over',
      checks: readContentChecks(fields),
    },
    (written) => empty(200, { ...writtenHeaders(written), [NEXT_POSITION]: written.position }),
  )
}

function refusal(ec: string, code: string, message: string): StoreError {
  return new OssRefusal({ status: 400, code, ec }, 'InvalidArgument', message)
}
