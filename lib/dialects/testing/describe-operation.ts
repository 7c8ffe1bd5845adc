import type { Operation } from '../../store/operations.ts'
import type { Command } from '../dialect.ts'

/** An operation as JSON for golden files: its body read (and so verified) and its promised checksum called in. */
export async function describeOperation(operation: Command['operation']): Promise<unknown> {
  const body = 'body' in operation ? { body: await readText(operation.body) } : {}
  const checks = 'checks' in operation ? { checks: describeChecks(operation.checks) } : {}
  return JSON.parse(JSON.stringify({ ...operation, ...body, ...checks }, describeBytes))
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function describeChecks({ md5, checksum }: Extract<Operation, { name: 'PutObject' }>['checks']): unknown {
  return { md5, checksum: checksum && { ...checksum, expected: checksum.expected() } }
}

function describeBytes(this: Record<string, unknown>, name: string, value: unknown): unknown {
  const original = this[name]
  return Buffer.isBuffer(original) ? `base64:${original.toString('base64')}` : value
}
