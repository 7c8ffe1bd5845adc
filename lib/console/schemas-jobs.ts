import { z } from 'zod'
import { suiteSchema } from './schemas.ts'

/**
 * Batch jobs that change the encryption of many objects, as the console and its API speak of them. Times are ms since
 * the epoch, sizes plaintext bytes, rates per second. Everything is of the project that `?project=` names. Routes:
 *
 * GET   /api/jobs?project=&limit=&before=                        → jobListSchema, newest first
 * POST  /api/jobs?project=                createJobSchema        → jobSchema, state Preparing: it only counts
 * GET   /api/jobs/{jobId}?project=                               → jobSchema (poll it: JOB_POLL_MS while it moves)
 * PATCH /api/jobs/{jobId}?project=        changeJobSchema        → jobSchema: throttles it, also while it runs
 * POST  /api/jobs/{jobId}/actions?project= jobActionRequestSchema → jobSchema; discard → {} and the job is gone
 * POST  /api/jobs/{jobId}/undo?project=                          → jobSchema of the new job, which has a plan of its own
 * GET   /api/jobs/{jobId}/results?project=&outcome=&after=&limit= → jobResultPageSchema
 * GET   /api/jobs/{jobId}/report?project=                        → text/csv, one line an object
 *
 * Refusals: AccessDenied (a role that only sees), NoSuchJob, InvalidRequest with fact `state` (an action that this
 * state does not have), InvalidArgument with fact `reason` (a target or selection that no job can have).
 */

/** S3 Batch Operations' words; Suspended awaits the member's word, Ready waits until another job is done. */
export const JOB_STATES = [
  'Preparing',
  'Suspended',
  'Ready',
  'Active',
  'Pausing',
  'Paused',
  'Cancelling',
  'Cancelled',
  'Complete',
  'Failed',
] as const
export const jobStateSchema = z.enum(JOB_STATES)
export type JobState = z.infer<typeof jobStateSchema>

export const JOB_ACTIONS = ['confirm', 'discard', 'pause', 'resume', 'cancel', 'retry-failed'] as const
export const jobActionSchema = z.enum(JOB_ACTIONS)
export type JobAction = z.infer<typeof jobActionSchema>

/** While a job is in one of these, it changes by itself. */
export const MOVING_STATES: ReadonlySet<JobState> = new Set<JobState>([
  'Preparing',
  'Ready',
  'Active',
  'Pausing',
  'Cancelling',
])
export const JOB_POLL_MS = 1000

// ---- which objects

/** Keys that a selection may name one by one; more are a prefix or a filter. */
export const MOST_SELECTED_KEYS = 1000

/** Of buckets that keep versions: current ones alone, or older ones, too. */
export const versionScopeSchema = z.enum(['current', 'all'])

export const objectFilterSchema = z.object({
  /** a folder, or any beginning of keys */
  prefix: z.string().max(1024).optional(),
  modes: z
    .array(z.enum(['none', 'service-key', 'managed-key', 'customer-key']))
    .min(1)
    .optional(),
  suites: z.array(suiteSchema).min(1).optional(),
  keyId: z.string().min(1).max(200).optional(),
  /** with keyId: only what is wrapped by older versions of the key than this one */
  keyVersionBelow: z.number().int().min(1).optional(),
  /** both included */
  minSize: z.number().int().min(0).optional(),
  maxSize: z.number().int().min(0).optional(),
  /** from is included, to is not */
  modifiedFrom: z.number().int().optional(),
  modifiedTo: z.number().int().optional(),
  tag: z.object({ key: z.string().min(1).max(128), value: z.string().max(256).optional() }).optional(),
  versions: versionScopeSchema.optional(),
})
export type JobFilter = z.infer<typeof objectFilterSchema>

/** Folders that may be ticked beside them. */
export const MOST_SELECTED_PREFIXES = 100

export const jobSelectionSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('keys'),
      bucket: z.string().min(1),
      keys: z.array(z.string().min(1)).max(MOST_SELECTED_KEYS),
      /** everything below each of these, too; an object that is named twice is done once */
      prefixes: z.array(z.string().min(1).max(1024)).max(MOST_SELECTED_PREFIXES).optional(),
      /** absent: current */
      versions: versionScopeSchema.optional(),
    })
    .refine(({ keys, prefixes }) => keys.length + (prefixes?.length ?? 0) > 0),
  /** no filter but the bucket: the whole bucket */
  objectFilterSchema.extend({ kind: z.literal('filter'), bucket: z.string().min(1) }),
  /** everything under a key, in all buckets of the project */
  z.object({
    kind: z.literal('key'),
    keyId: z.string().min(1).max(200),
    /** only what is not yet under its newest version */
    olderVersionsOnly: z.boolean().optional(),
    /** of objects; absent: all, since a key holds them all */
    versions: versionScopeSchema.optional(),
  }),
])
export type JobSelection = z.infer<typeof jobSelectionSchema>

// ---- to what

/** A customer's key is no target: a job outlives a restart, and such a key is never stored. */
export const jobTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('service-key'), suite: suiteSchema }),
  z.object({
    kind: z.literal('managed-key'),
    suite: suiteSchema,
    /** id, ARN or alias; absent: the project's default key */
    keyRef: z.string().min(1).max(2048).optional(),
    context: z.record(z.string(), z.string()).optional(),
  }),
  /**
   * After a rotation: each object keeps its method, key, cipher and context, and its data key is wrapped under the newest
   * version of its key. Only re-wraps; plaintext is unchanged, SSE-C cannot.
   */
  z.object({ kind: z.literal('newest-version') }),
])
export type JobTarget = z.infer<typeof jobTargetSchema>

// ---- what is asked

export const throttleSchema = z.object({
  objectsPerSecond: z.number().int().min(1).max(1_000_000).optional(),
  bytesPerSecond: z.number().int().min(1024).max(1_000_000_000_000).optional(),
})
export type JobThrottle = z.infer<typeof throttleSchema>

export const createJobSchema = z.object({
  selection: jobSelectionSchema,
  /** a customer's key is refused by the server, with fact `reason` */
  target: z.discriminatedUnion('kind', [
    ...jobTargetSchema.options,
    z.object({ kind: z.literal('customer-key') }),
  ]),
  throttle: throttleSchema.optional(),
})
export type CreateJob = z.infer<typeof createJobSchema>

/** The throttle as it shall be; an absent limit is none. */
export const changeJobSchema = z.object({ throttle: throttleSchema })
export type ChangeJob = z.infer<typeof changeJobSchema>

export const jobActionRequestSchema = z.object({ action: jobActionSchema })

export const JOB_PAGE_SIZE = 50
export const jobListQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(JOB_PAGE_SIZE),
  /** `next` of the page before */
  before: z.string().max(200).optional(),
})

// ---- the plan

const amountSchema = z.object({ objects: z.number(), bytes: z.number() })
export type Amount = z.infer<typeof amountSchema>

/** Why an object will not be changed. */
export const CANNOT_REASONS = [
  'customer-key',
  'archived',
  'locked',
  /** no right to the object */
  'denied',
  /** no right to a key that it lies under or shall lie under */
  'key-denied',
  'key-unusable',
  /** of an undo: somebody changed it after the re-wrap */
  'changed-since',
  /** a key that was named has no object */
  'not-found',
] as const
export const cannotReasonSchema = z.enum(CANNOT_REASONS)
export type CannotReason = z.infer<typeof cannotReasonSchema>

export const jobPlanSchema = z.object({
  /** while Preparing: what was counted so far */
  complete: z.boolean(),
  /** while Preparing, what there will be by the counters; absent where there is none for just this */
  expected: amountSchema.optional(),
  total: amountSchema,
  /** already as the target says */
  unchanged: amountSchema,
  /** only the data key is wrapped anew */
  rewrapped: amountSchema,
  /** data is read and encrypted (or decrypted) anew */
  rewritten: amountSchema,
  cannot: z.array(amountSchema.extend({ reason: cannotReasonSchema })),
  keyServiceCalls: z.number(),
  /** an estimate, from rates that earlier jobs reached here (`measured`), else from usual ones */
  estimatedSeconds: z.number(),
  measured: z.boolean(),
})
export type JobPlan = z.infer<typeof jobPlanSchema>

// ---- the job

export const JOB_OUTCOMES = ['unchanged', 'rewrapped', 'rewritten', 'failed'] as const
export const jobOutcomeSchema = z.enum(JOB_OUTCOMES)
export type JobOutcome = z.infer<typeof jobOutcomeSchema>

export const jobProgressSchema = z.object({
  /** objects with a result; the sum of the four */
  done: z.number(),
  unchanged: z.number(),
  rewrapped: z.number(),
  rewritten: z.number(),
  failed: z.number(),
  /** plaintext bytes of objects with a result */
  bytes: z.number(),
  /** of the plan, at the least what is done: objects may come or go meanwhile */
  total: z.number(),
  totalBytes: z.number(),
  /** over the last seconds; absent when it does not run */
  objectsPerSecond: z.number().optional(),
  bytesPerSecond: z.number().optional(),
  remainingSeconds: z.number().optional(),
})
export type JobProgress = z.infer<typeof jobProgressSchema>

/** The selection of a job as it is shown: of many keys the first few. */
export const shownSelectionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('keys'),
    bucket: z.string(),
    count: z.number(),
    keys: z.array(z.string()),
    prefixes: z.array(z.string()).optional(),
    versions: versionScopeSchema.optional(),
  }),
  objectFilterSchema.extend({ kind: z.literal('filter'), bucket: z.string() }),
  z.object({
    kind: z.literal('key'),
    keyId: z.string(),
    olderVersionsOnly: z.boolean(),
    versions: versionScopeSchema.optional(),
  }),
  /** what another job re-wrapped */
  z.object({ kind: z.literal('undo'), of: z.string() }),
])
export type ShownSelection = z.infer<typeof shownSelectionSchema>

export const shownTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('service-key'), suite: suiteSchema }),
  z.object({
    kind: z.literal('managed-key'),
    suite: suiteSchema,
    /** what it resolved to when the job was made */
    keyId: z.string(),
    context: z.record(z.string(), z.string()),
  }),
  z.object({ kind: z.literal('newest-version') }),
  /** of an undo: each object's method before */
  z.object({ kind: z.literal('previous') }),
])
export type ShownTarget = z.infer<typeof shownTargetSchema>

export const jobSchema = z.object({
  jobId: z.string(),
  state: jobStateSchema,
  /** of Failed and Paused: the code of what stopped it (AccessDenied, NoSuchProject, StorageFull, …) */
  reason: z.string().optional(),
  selection: shownSelectionSchema,
  target: shownTargetSchema,
  createdBy: z.object({ userId: z.string(), name: z.string() }),
  createdAt: z.number(),
  confirmedAt: z.number().optional(),
  startedAt: z.number().optional(),
  finishedAt: z.number().optional(),
  plan: jobPlanSchema.optional(),
  progress: jobProgressSchema,
  throttle: throttleSchema,
  /** what the reader may do now, by his role and the job's state */
  actions: z.array(jobActionSchema),
  /** may be throttled by the reader, now or before it runs */
  throttleable: z.boolean(),
  /** results, report and undo are there until then; absent while it is not finished */
  resultsUntil: z.number().optional(),
  /** objects that an undo would take back; 0: none, too late, or not for the reader */
  undoable: z.number(),
  /** jobs that take this one back */
  undoneBy: z.array(z.string()),
})
export type Job = z.infer<typeof jobSchema>

export const jobListSchema = z.object({
  jobs: z.array(jobSchema),
  /** `before` of the next page; absent at the end */
  next: z.string().optional(),
})
export type JobList = z.infer<typeof jobListSchema>

// ---- results

export const jobResultQuerySchema = z.object({
  outcome: jobOutcomeSchema.optional(),
  /** `next` of the page before */
  after: z.string().max(8192).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})

/** How an object was encrypted. */
export const resultEncryptionSchema = z.object({
  mode: z.enum(['none', 'service-key', 'managed-key', 'customer-key']),
  suite: suiteSchema.optional(),
  keyId: z.string().optional(),
  keyVersion: z.number().optional(),
})

export const jobResultSchema = z.object({
  /** the bucket's name; its id when it is gone */
  bucket: z.string(),
  key: z.string(),
  /** 'null' in buckets without versioning */
  versionId: z.string(),
  size: z.number(),
  outcome: jobOutcomeSchema,
  /** of failed: an error code, as failures have them */
  error: z.string().optional(),
  before: resultEncryptionSchema,
  at: z.number(),
})
export type JobResult = z.infer<typeof jobResultSchema>

/** A page may be short, even empty, and not the last: what is rare is searched for a bounded time a request. */
export const jobResultPageSchema = z.object({
  results: z.array(jobResultSchema),
  next: z.string().optional(),
})
export type JobResultPage = z.infer<typeof jobResultPageSchema>
