import { StoreError } from '../../errors.ts'
import type { ObjectLock, ObjectLockConfiguration, Retention, RetentionMode } from '../../store/model.ts'
import type { ObjectInfo } from '../../store/operations.ts'
import { command, type Command } from '../dialect.ts'
import { formatIsoDate } from '../http/dates.ts'
import { childOf, malformed, textOf, type XmlElement } from '../http/xml-read.ts'
import type { XmlNode } from '../http/xml-write.ts'
import { empty, xml } from './answers.ts'
import type { AwsRequest, BucketRequest, ObjectRequest } from './aws-request.ts'
import { readContentChecks } from './checksums.ts'
import { requireDocument } from './documents.ts'
import type { RequestHeaders } from './request-headers.ts'
import { readVersion, versionHeaders } from './versions.ts'

const MODE = 'x-amz-object-lock-mode'
const UNTIL = 'x-amz-object-lock-retain-until-date'
const HOLD = 'x-amz-object-lock-legal-hold'
/** RFC 3339, as the SDKs write times. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

/** How a new version is to be locked. @throws StoreError InvalidArgument */
export function readLock(headers: RequestHeaders): { lock?: ObjectLock } {
  const [mode, until, hold] = [headers.get(MODE), headers.get(UNTIL), headers.get(HOLD)]
  if (mode === undefined && until === undefined && hold === undefined) return {}
  const lock: ObjectLock = {}
  if (mode !== undefined || until !== undefined) {
    if (mode === undefined || until === undefined)
      throw new StoreError('InvalidArgument', `${UNTIL} and ${MODE} must both be supplied`, {
        argument: mode === undefined ? MODE : UNTIL,
      })
    lock.retention = { mode: modeOf(mode), retainUntil: timeOf(until) }
  }
  if (hold !== undefined) lock.legalHold = holdOf(hold)
  return { lock }
}

/** The same for a whole upload, whose body must be vouched for (S3 API reference, PutObject). @throws StoreError InvalidRequest */
export function readVouchedLock({ headers, content }: AwsRequest): { lock?: ObjectLock } {
  const found = readLock(headers)
  const { md5, checksum } = found.lock === undefined ? {} : readContentChecks(headers, content)
  if (found.lock !== undefined && !md5 && !checksum && !content.signed)
    throw new StoreError(
      'InvalidRequest',
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    )
  return found
}

export function lockHeaders({ retention, legalHold }: ObjectInfo): Record<string, string> {
  return {
    ...(retention && { [MODE]: retention.mode, [UNTIL]: formatIsoDate(retention.retainUntil) }),
    ...(legalHold && { [HOLD]: 'ON' }),
  }
}

export function readBypass(headers: RequestHeaders): { bypassGovernance?: true } {
  const bypass = headers.get('x-amz-bypass-governance-retention')?.trim().toLowerCase()
  return bypass === 'true' ? { bypassGovernance: true } : {}
}

export function getObjectLockConfiguration({ bucket }: BucketRequest): Command {
  return command({ name: 'GetObjectLockConfiguration', bucket }, ({ configuration }) => {
    const rule = configuration.defaultRetention
    const period: XmlNode[] = !rule ? [] : 'days' in rule ? [['Days', rule.days]] : [['Years', rule.years]]
    const rules: XmlNode[] = rule ? [['Rule', [['DefaultRetention', [['Mode', rule.mode], ...period]]]]] : []
    return xml('ObjectLockConfiguration', [['ObjectLockEnabled', 'Enabled'], ...rules])
  })
}

/** @throws StoreError MalformedXML | InvalidArgument | BadDigest */
export async function putObjectLockConfiguration(request: BucketRequest): Promise<Command> {
  const document = await requireDocument(request, 'ObjectLockConfiguration', { integrity: true })
  if (textOf(document, 'ObjectLockEnabled')?.trim() !== 'Enabled') throw malformed()
  const rule = childOf(document, 'Rule')
  const configuration = rule ? readRule(rule) : {}
  return command({ name: 'PutObjectLockConfiguration', bucket: request.bucket, configuration }, () =>
    empty(200),
  )
}

/** A mode with days or years, not both. */
function readRule(element: XmlElement): ObjectLockConfiguration {
  const rule = childOf(element, 'DefaultRetention')
  if (rule === undefined) throw malformed()
  const mode = modeOf(textOf(rule, 'Mode')?.trim() ?? '')
  const [days, years] = [periodOf(rule, 'Days'), periodOf(rule, 'Years')]
  if (days !== undefined && years === undefined) return { defaultRetention: { mode, days } }
  if (years !== undefined && days === undefined) return { defaultRetention: { mode, years } }
  throw malformed()
}

function periodOf(rule: XmlElement, name: string): number | undefined {
  const text = textOf(rule, name)?.trim()
  if (text === undefined) return undefined
  if (!/^-?\d{1,9}$/.test(text)) throw malformed()
  return Number(text)
}

export function getObjectRetention({ bucket, key, query }: ObjectRequest): Command {
  return command({ name: 'GetObjectRetention', bucket, key, ...readVersion(query) }, ({ retention }) =>
    xml('Retention', [
      ['Mode', retention.mode],
      ['RetainUntilDate', formatIsoDate(retention.retainUntil)],
    ]),
  )
}

/** An empty `<Retention/>` takes it away. @throws StoreError MalformedXML | InvalidArgument | BadDigest */
export async function putObjectRetention(request: ObjectRequest): Promise<Command> {
  const { bucket, key, headers, query } = request
  const document = await requireDocument(request, 'Retention', { integrity: true })
  const version = readVersion(query)
  const retention = readRetention(document)
  return command(
    { name: 'PutObjectRetention', bucket, key, ...version, retention, ...readBypass(headers) },
    (result) => empty(200, versionHeaders(result)),
  )
}

function readRetention(document: XmlElement): Retention | undefined {
  const [mode, until] = [textOf(document, 'Mode')?.trim(), textOf(document, 'RetainUntilDate')?.trim()]
  if (mode === undefined && until === undefined) return undefined
  if (mode === undefined || until === undefined) throw malformed()
  return { mode: modeOf(mode), retainUntil: timeOf(until) }
}

export function getObjectLegalHold({ bucket, key, query }: ObjectRequest): Command {
  return command({ name: 'GetObjectLegalHold', bucket, key, ...readVersion(query) }, ({ on }) =>
    xml('LegalHold', [['Status', on ? 'ON' : 'OFF']]),
  )
}

/** @throws StoreError MalformedXML | BadDigest */
export async function putObjectLegalHold(request: ObjectRequest): Promise<Command> {
  const { bucket, key, query } = request
  const document = await requireDocument(request, 'LegalHold', { integrity: true })
  const on = holdOf(textOf(document, 'Status')?.trim() ?? '')
  return command({ name: 'PutObjectLegalHold', bucket, key, ...readVersion(query), on }, (result) =>
    empty(200, versionHeaders(result)),
  )
}

function modeOf(text: string): RetentionMode {
  if (text === 'GOVERNANCE' || text === 'COMPLIANCE') return text
  throw new StoreError('InvalidArgument', 'Unknown wormMode directive.', { argument: MODE, value: text })
}

function holdOf(text: string): boolean {
  if (text === 'ON' || text === 'OFF') return text === 'ON'
  throw new StoreError('InvalidArgument', "Legal Hold must be either of 'ON' or 'OFF'", {
    argument: HOLD,
    value: text,
  })
}

function timeOf(text: string): number {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new StoreError('InvalidArgument', 'The retain until date must be provided in ISO 8601 format', {
    argument: UNTIL,
    value: text,
  })
}
