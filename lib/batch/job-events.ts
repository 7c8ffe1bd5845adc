import type { AuditEvent } from '../audit/model.ts'
import type { BatchDeps } from './deps.ts'
import type { Job } from './model.ts'

/** What the server itself did with a job: it ended, or paused because it could not go on. */
export async function reportEnd({ audit, now }: Pick<BatchDeps, 'audit' | 'now'>, job: Job): Promise<void> {
  const { unchanged, rewrapped, rewritten, failed } = job.progress
  const event: AuditEvent = {
    at: now(),
    projectId: job.projectId,
    actor: { userId: job.userId, accessKeyId: undefined, sourceAddress: undefined },
    action: 'coffer:RunJob',
    keyId: undefined,
    keyVersion: undefined,
    bucket: undefined,
    objectKey: undefined,
    result: job.reason ?? 'Success',
    requestId: job.jobId,
    details: { state: job.state, unchanged, rewrapped, rewritten, failed },
  }
  // The job's row says the same; a log that cannot be written must not keep the next job waiting.
  await audit.append(event).catch(() => undefined)
}
