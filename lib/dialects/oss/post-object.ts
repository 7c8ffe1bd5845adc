import { StoreError } from '../../errors.ts'
import { command, type Command } from '../dialect.ts'
import type { FormField, UploadForm } from '../http/form-data.ts'
import { encodePath } from '../http/percent.ts'
import { checkPostPolicy, parsePostPolicy, withinLength, type PostPolicy } from '../http/post-policy.ts'
import type { RawResponse } from '../raw.ts'
import { empty, KEPT, quoted, writtenHeaders, xml } from './answers.ts'
import { readDescription } from './description.ts'
import { readEncryption } from './headers.ts'
import type { BucketRequest } from './oss-request.ts'
import { checkWriteHeaders, readContentChecks, readWriteConditions } from './write-headers.ts'

/**
 * An upload by a browser's form. Its encryption is asked for by fields of the headers' names (aliyun-oss.md §2, "PostObject").
 * @param now ms since the epoch
 * @throws StoreError AccessDenied | InvalidArgument | RequestExpired
 */
export function postObject(request: BucketRequest, form: UploadForm, now: number): Command {
  const { bucket, fields, caller } = request
  // What an anonymous form may do is the bucket's to say; it has no policy to keep to.
  const policy = caller.kind === 'anonymous' ? undefined : requirePolicy(request, form, now)
  checkWriteHeaders(fields)
  const key = keyOf(request, form)
  return command(
    {
      name: 'PutObject',
      bucket,
      key,
      body: policy?.contentLength ? withinLength(form.file, policy.contentLength) : form.file,
      // a form does not say how long its file is
      contentLength: undefined,
      ...readDescription(fields),
      encryption: readEncryption(fields),
      checks: readContentChecks(fields),
      ...KEPT,
      conditions: readWriteConditions(fields),
    },
    (written) => answer(request, key, written.etag, writtenHeaders(written)),
  )
}

function requirePolicy({ bucket }: BucketRequest, { fields }: UploadForm, now: number): PostPolicy {
  const encoded = fields.find(({ name }) => name.toLowerCase() === 'policy')?.value ?? ''
  const policy = parsePostPolicy(Buffer.from(encoded, 'base64').toString())
  const facts: FormField[] = [
    ...fields.filter(({ name }) => name.toLowerCase() !== 'bucket'),
    { name: 'bucket', value: bucket },
  ]
  // OSS holds a form to the conditions that its policy has, and to no others; the samples of its SDKs limit the size alone.
  checkPostPolicy(policy, facts, { now, unbound: () => true })
  return policy
}

/** `${filename}` in the key stands for the name of the browser's file. */
function keyOf({ fields }: BucketRequest, { fileName = '' }: UploadForm): string {
  const key = fields.get('key')?.replaceAll('${filename}', fileName)
  if (!key) throw new StoreError('InvalidArgument', 'The form has no key.', { argument: 'key' })
  return key
}

function answer(
  { bucket, fields, host }: BucketRequest,
  key: string,
  etag: string,
  headers: Record<string, string>,
): RawResponse {
  const redirect = fields.get('success_action_redirect')
  if (redirect !== undefined && /^https?:\/\//i.test(redirect) && URL.canParse(redirect)) {
    const target = new URL(redirect)
    target.searchParams.set('bucket', bucket)
    target.searchParams.set('key', key)
    target.searchParams.set('etag', quoted(etag))
    return empty(303, { ...headers, location: target.href })
  }
  const status = fields.get('success_action_status')
  if (status === '200') return empty(200, headers)
  if (status !== '201') return empty(204, headers)
  const document = xml(
    'PostResponse',
    [
      ['Bucket', bucket],
      ['Location', `http://${host}/${encodePath(key)}`],
      ['Key', key],
      ['ETag', quoted(etag)],
    ],
    headers,
  )
  return { ...document, status: 201 }
}
