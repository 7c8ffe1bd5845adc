import fc from 'fast-check'
import type { AuditEvent, AuditLog } from './model.ts'

export function newEvent(of: Partial<AuditEvent> = {}): AuditEvent {
  return {
    at: 1_764_000_000_000,
    projectId: 'project',
    actor: { userId: 'user', accessKeyId: undefined, sourceAddress: '127.0.0.1' },
    action: 'kms:Decrypt',
    keyId: undefined,
    keyVersion: undefined,
    bucket: undefined,
    objectKey: undefined,
    result: 'Success',
    requestId: undefined,
    details: {},
    ...of,
  }
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', 'a"b,c\n', '\u0000', '\ud800', '=1+1', '__proto__', '10', '9'),
)
const optionalText = fc.option(text, { nil: undefined })

/** Anything a caller could report, also what no caller should. */
export const arbitraryEvent: fc.Arbitrary<AuditEvent> = fc.record({
  at: fc.integer({ min: 0, max: 8.64e15 }),
  projectId: optionalText,
  actor: fc.record({ userId: optionalText, accessKeyId: optionalText, sourceAddress: optionalText }),
  action: text,
  keyId: optionalText,
  keyVersion: fc.option(fc.nat(), { nil: undefined }),
  bucket: optionalText,
  objectKey: optionalText,
  result: text,
  requestId: optionalText,
  details: fc
    .array(fc.tuple(text, fc.oneof(text, fc.double(), fc.boolean())), { maxLength: 5 })
    .map((entries) => Object.fromEntries(entries)),
})

/** Keeps what it is told, in order. */
export class ListedAudit implements AuditLog {
  readonly events: AuditEvent[] = []

  record(event: AuditEvent): void {
    this.events.push(event)
  }

  async append(event: AuditEvent): Promise<void> {
    this.events.push(event)
  }

  async flush(): Promise<void> {}
}
