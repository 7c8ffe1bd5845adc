import { StoreError } from '../../errors.ts'
import { command, type Command } from '../dialect.ts'
import { formatHttpDate } from '../http/dates.ts'
import { encodePath } from '../http/percent.ts'
import { empty, quoted, versionHeaders } from './answers.ts'
import { readDescription } from './description.ts'
import { OssRefusal } from './errors.ts'
import { refuseEncryption } from './headers.ts'
import { metadataHeaders } from './metadata.ts'
import { versionOf, type ObjectRequest } from './oss-request.ts'
import type { RequestFields } from './request-fields.ts'
import { checkWriteHeaders, readWriteConditions } from './write-headers.ts'

const TARGET = 'x-oss-symlink-target'

/** `PUT ?symlink` (Aliyun, "PutSymlink"); "symbolic links do not support server-side encryption". */
export function putSymlink(request: ObjectRequest): Command {
  const { bucket, key, fields } = request
  checkWriteHeaders(fields)
  refuseEncryption(fields)
  return command(
    {
      name: 'PutSymlink',
      bucket,
      key,
      target: readTarget(fields),
      ...readDescription(fields),
      conditions: readWriteConditions(fields),
    },
    (written) => empty(200, { etag: quoted(written.etag), ...versionHeaders(written) }),
  )
}

/** `GET ?symlink` and `HEAD ?symlink`: of the link itself, its target as it would stand in a URL. */
export function getSymlink(request: ObjectRequest): Command {
  const { bucket, key, fields } = request
  refuseEncryption(fields)
  return command({ name: 'GetSymlink', bucket, key, ...versionOf(request) }, (link) =>
    empty(200, {
      ...metadataHeaders(link.metadata),
      etag: quoted(link.etag),
      'last-modified': formatHttpDate(link.lastModified),
      [TARGET]: encodePath(link.target),
      ...versionHeaders(link),
    }),
  )
}

/** The key of an object of the same bucket, percent-encoded. */
function readTarget(fields: RequestFields): string {
  const others = fields.startingWith('x-oss-symlink-').filter(([name]) => name !== TARGET)
  if (others.length > 0)
    throw new StoreError('NotImplemented', 'A symbolic link points to an object of its own bucket.')
  const value = fields.get(TARGET)
  if (!value)
    throw new OssRefusal(
      { status: 400, code: 'InvalidArgument', ec: '0043-00000001' },
      'InvalidArgument',
      `The header ${TARGET} is required.`,
      { argument: TARGET },
    )
  try {
    // as in x-oss-copy-source, Go's SDK writes a plus for a blank
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    throw new StoreError('InvalidArgument', `${TARGET} must be percent-encoded.`, {
      argument: TARGET,
      value,
    })
  }
}
