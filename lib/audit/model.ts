/** Who did it, as the log keeps him. */
export interface AuditActor {
  /** undefined: the server itself (a job, a start) or nobody who proved who he is */
  userId: string | undefined
  accessKeyId: string | undefined
  /** undefined for the server itself */
  sourceAddress: string | undefined
}

/** One use of a key or one administrative act, before it has its place in the chain. */
export interface AuditEvent {
  /** ms since the epoch */
  at: number
  projectId: string | undefined
  actor: AuditActor
  /** IAM's name of what was done: `kms:Decrypt`, `kms:ScheduleKeyDeletion`, `coffer:AddMember` */
  action: string
  keyId: string | undefined
  keyVersion: number | undefined
  bucket: string | undefined
  objectKey: string | undefined
  /** 'Success', or the ErrorCode of the refusal */
  result: string
  requestId: string | undefined
  /** names and numbers that explain the act; never a key, a secret, plaintext or a signature */
  details: Readonly<Record<string, string | number | boolean>>
}

/** A row of the chain: `hash` = SHA-256 over `previousHash` and the canonical bytes of the event (lib/audit/chain.ts). */
export interface AuditRecord extends AuditEvent {
  /** from 1, without a gap */
  sequence: number
  previousHash: Buffer
  hash: Buffer
}

/** Where everybody reports. One a process. */
export interface AuditLog {
  /** Key uses: appended within a second, or at a clean stop; cheap enough for every request. Never throws. */
  record(event: AuditEvent): void
  /** Administrative acts: durable when resolved. */
  append(event: AuditEvent): Promise<void>
  /** Everything recorded so far is durable when resolved. */
  flush(): Promise<void>
}
