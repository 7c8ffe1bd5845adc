import { customerKeyOf, runWithKey } from '@/app/_request/customer-key'
import { objectAtQuery } from '@/app/_request/object-at'
import { progressLines } from '@/app/_request/progress-lines'
import { findingJson, proofJson } from '@/app/_request/reshape-proof'
import { jsonBody, projectRoute, type ProjectRequest } from '@/app/_request/route'
import { system } from '@/app/_request/system'
import { proveSchema, type Proof, type Prove } from '@/lib/console/schemas-proof'

type Params = { bucket: string }

/** Damage that is known of an object; whoever may know of the object may know of it. */
export const GET = projectRoute<Params>(async ({ run, params, query }) => {
  const at = objectAtQuery(query)
  await run({ name: 'HeadObject', bucket: params.bucket, ...at, conditions: {} }).catch(unlessItsOwn)
  const finding = await system().integrity.findingOf(params.bucket, at.key)
  const isOfIt = finding && (at.versionId === undefined || finding.versionId === at.versionId)
  return isOfIt ? { finding: findingJson(finding) } : {}
})

/** Failures that come after the right to know was proved. */
const OF_THE_OBJECT: ReadonlySet<unknown> = new Set([
  'ObjectCorrupt',
  'CustomerKeyRequired',
  'KeyNotFound',
  'KeyDisabled',
  'KeyPendingDeletion',
  'KeyPendingImport',
  'KeyServiceUnavailable',
])

function unlessItsOwn(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && OF_THE_OBJECT.has(error.code))) throw error
}

/** Reads the whole object where it lies, tells how far it is, and ends with a signed receipt. */
export const POST = projectRoute<Params>(async (api) => {
  const asked = await jsonBody(api.request, proveSchema)
  return progressLines<{ read: number; size: number }, Proof>(api, (onProgress) =>
    prove(api, asked, onProgress),
  )
})

async function prove(
  api: ProjectRequest<Params>,
  { key, versionId, customerKey }: Prove,
  onProgress: (progress: { read: number; size: number }) => void,
): Promise<Proof> {
  const { params, person, caller, origin, requestId } = api
  const verified = await runWithKey<'VerifyObject', Params>(api, {
    name: 'VerifyObject',
    bucket: params.bucket,
    key,
    ...(versionId !== undefined && { versionId }),
    ...(customerKey && { customerKey: customerKeyOf(customerKey) }),
    onProgress: (read, size) => onProgress({ read, size }),
  })
  const { receipts } = system()
  const receipt = await receipts.issue(verified, {
    userId: person.user.userId,
    name: person.user.name,
    projectId: caller.projectId,
    sourceAddress: origin.remoteAddress,
    requestId,
  })
  return proofJson(verified, { receipt, fingerprint: receipts.publicKey.fingerprint })
}
