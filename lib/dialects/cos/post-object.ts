import { StoreError } from '../../errors.ts'
import { command, type Command } from '../dialect.ts'
import type { FormField, UploadForm } from '../http/form-data.ts'
import { encodePath } from '../http/percent.ts'
import { checkPostPolicy, parsePostPolicy, withinLength, type PostPolicy } from '../http/post-policy.ts'
import type { RawResponse } from '../raw.ts'
import { empty, quoted, writtenHeaders, xml } from './answers.ts'
import type { BucketRequest } from './cos-request.ts'
import { readDescription } from './description.ts'
import { customerKeyOf, readEncryption } from './headers.ts'
import { checkWriteHeaders, KEPT, readContentChecks } from './write-headers.ts'

/** Conditions that a policy must have, so that it was made for this key and this time (document 436/14690). */
const REQUIRED = ['q-sign-algorithm', 'q-ak', 'q-sign-time'] as const

/**
 * An upload by a browser's form. Its encryption is asked for by fields of the headers' names, which, like all x-cos-* fields,
 * the policy must name with their exact values.
 * @throws StoreError AccessDenied | InvalidArgument | RequestExpired
 */
export function postObject(request: BucketRequest, form: UploadForm, now: number): Command {
  const { bucket, fields, caller } = request
  // What an anonymous form may do is the bucket's to say; it has no policy to keep to.
  const policy = caller.kind === 'anonymous' ? undefined : requirePolicy(request, form, now)
  checkWriteHeaders(fields)
  const key = keyOf(request, form)
  const encryption = readEncryption(request)
  return command(
    {
      name: 'PutObject',
      bucket,
      key,
      body: policy?.contentLength ? withinLength(form.file, policy.contentLength) : form.file,
      // a form does not say how long its file is
      contentLength: undefined,
      ...readDescription(request),
      encryption,
      checks: readContentChecks(fields),
      keep: KEPT,
      conditions: {},
    },
    (written) => answer(request, key, written.etag, writtenHeaders(written, customerKeyOf(encryption))),
  )
}

function requirePolicy({ bucket }: BucketRequest, { fields }: UploadForm, now: number): PostPolicy {
  const value = (name: string): string | undefined =>
    fields.find((field) => field.name.toLowerCase() === name)?.value
  const policy = parsePostPolicy(Buffer.from(value('policy') ?? '', 'base64').toString())
  const named = new Map(policy.conditions.map((condition) => [condition.name, condition]))
  for (const name of REQUIRED)
    if (named.get(name)?.kind !== 'eq')
      throw new StoreError('AccessDenied', `The policy must have a condition for ${name}`)
  for (const { name, kind } of policy.conditions)
    if (name.startsWith('x-cos-') && kind !== 'eq')
      throw new StoreError('AccessDenied', `The policy must name ${name} with its exact value`)
  const facts: FormField[] = [
    ...fields.filter(({ name }) => name.toLowerCase() !== 'bucket'),
    { name: 'bucket', value: bucket },
    // the form's own name for what the policy calls q-sign-time
    { name: 'q-sign-time', value: value('q-key-time') ?? '' },
  ]
  checkPostPolicy(policy, facts, { now, unbound: mayBeUnbound })
  return policy
}

/** COS lets forms have fields that their policy does not speak of, and its own samples do; not those that change what is done. */
function mayBeUnbound(name: string): boolean {
  return name === 'x-cos-security-token' || !(name.startsWith('x-cos-') || name === 'acl')
}

/** `${filename}` in the key stands for the name of the browser's file. */
function keyOf({ fields }: BucketRequest, { fileName = '' }: UploadForm): string {
  const key = fields.get('key')?.replaceAll('${filename}', fileName)
  if (!key) throw new StoreError('InvalidArgument', 'The form has no key.', { argument: 'key' })
  return key
}

function answer(
  { bucket, fields }: BucketRequest,
  key: string,
  etag: string,
  headers: Record<string, string>,
): RawResponse {
  const location = `/${bucket}/${encodePath(key)}`
  const redirect = fields.get('success_action_redirect')
  if (redirect !== undefined && /^https?:\/\//i.test(redirect) && URL.canParse(redirect)) {
    const target = new URL(redirect)
    target.searchParams.set('bucket', bucket)
    target.searchParams.set('key', key)
    target.searchParams.set('etag', quoted(etag))
    return empty(303, { ...headers, location: target.href })
  }
  const status = fields.get('success_action_status')
  if (status === '200') return empty(200, { ...headers, location })
  if (status !== '201') return empty(204, { ...headers, location })
  const document = xml(
    'PostResponse',
    [
      ['Location', location],
      ['Bucket', bucket],
      ['Key', key],
      ['ETag', quoted(etag)],
    ],
    { ...headers, location },
  )
  return { ...document, status: 201 }
}
