import { checkedAlgorithms, Digests, verifyChecks } from '../../store/digests.ts'
import type { ContentChecks } from '../../store/operations.ts'
import type { Command } from '../dialect.ts'

/** An operation as JSON for golden files: its body read (and so verified) and its promised checksum called in. */
export async function describeOperation(operation: Command['operation']): Promise<unknown> {
  const body =
    'body' in operation && 'checks' in operation
      ? { body: await readText(operation.body, operation.checks) }
      : {}
  const checks = 'checks' in operation ? { checks: describeChecks(operation.checks) } : {}
  return JSON.parse(JSON.stringify({ ...operation, ...body, ...checks }, describeBytes))
}

/** The hash that the signature covers is the store's to check, as it does here. */
async function readText(body: AsyncIterable<Buffer>, { payloadSha256 }: ContentChecks): Promise<string> {
  const signed = payloadSha256 ? { payloadSha256 } : {}
  const digests = new Digests(checkedAlgorithms(signed))
  const chunks: Buffer[] = []
  for await (const chunk of body) {
    chunks.push(chunk)
    await digests.update(chunk)
  }
  await digests.finish()
  verifyChecks(signed, digests)
  return Buffer.concat(chunks).toString()
}

function describeChecks({ md5, checksum }: ContentChecks): unknown {
  return { md5, checksum: checksum && { ...checksum, expected: checksum.expected() } }
}

function describeBytes(this: Record<string, unknown>, name: string, value: unknown): unknown {
  const original = this[name]
  return Buffer.isBuffer(original) ? `base64:${original.toString('base64')}` : value
}
