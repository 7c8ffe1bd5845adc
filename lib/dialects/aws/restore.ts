import { StoreError } from '../../errors.ts'
import type { RestoreStatus, RestoreTier } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { formatHttpDate } from '../http/dates.ts'
import { childOf, malformed, textOf } from '../http/xml-read.ts'
import { empty } from './answers.ts'
import type { ObjectRequest } from './aws-request.ts'
import { requireDocument } from './documents.ts'
import { readVersion, versionHeaders } from './versions.ts'

const TIERS: readonly RestoreTier[] = ['Standard', 'Bulk', 'Expedited']

/** @throws StoreError MalformedXML | NotImplemented (S3 Select) | BadDigest */
export async function restoreObject(request: ObjectRequest): Promise<Command> {
  const { bucket, key, query } = request
  const document = await requireDocument(request, 'RestoreRequest')
  if (
    childOf(document, 'SelectParameters') ||
    childOf(document, 'OutputLocation') ||
    childOf(document, 'Type')
  )
    throw new StoreError('NotImplemented', 'Selecting from archived objects is not implemented.')
  const days = textOf(document, 'Days')?.trim() ?? ''
  if (!/^\d{1,9}$/.test(days)) throw malformed()
  const parameters = childOf(document, 'GlacierJobParameters')
  const tier = readTier(textOf(document, 'Tier') ?? (parameters && textOf(parameters, 'Tier')))
  return command(
    { name: 'RestoreObject', bucket, key, ...readVersion(query), days: Number(days), tier },
    (result) => empty(result.restored ? 200 : 202, versionHeaders(result)),
  )
}

function readTier(text: string | undefined): RestoreTier {
  const tier = TIERS.find((candidate) => candidate === (text?.trim() ?? 'Standard'))
  if (tier === undefined) throw malformed()
  return tier
}

/** `x-amz-restore` (S3 API reference, HeadObject). */
export function restoreHeader(restore: RestoreStatus | undefined): Record<string, string> {
  if (restore === undefined) return {}
  const until = restore.ongoing ? '' : `, expiry-date="${formatHttpDate(restore.expiresAt)}"`
  return { 'x-amz-restore': `ongoing-request="${restore.ongoing}"${until}` }
}
