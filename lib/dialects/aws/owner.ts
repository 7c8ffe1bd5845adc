import type { Caller } from '../../store/model.ts'
import type { Command } from '../dialect.ts'
import type { XmlNode } from '../http/xml-write.ts'
import type { AwsRequest } from './aws-request.ts'

/** Who asks, as the owner: a stranger whom a bucket policy lets in is not told whose project it is. */
export function ownerNode(caller: Caller): XmlNode[] {
  const id = ownerId(caller)
  return [
    ['ID', id],
    ['DisplayName', id],
  ]
}

/** '' for nobody in particular */
export function ownerId(caller: Caller): string {
  return caller.kind === 'member' ? caller.projectId : ''
}

/**
 * Which account the client expects to own the bucket, and the source of a copy: the store refuses another one
 * (S3 user guide, "Verifying bucket ownership").
 */
export function expectingOwners(command: Command, { headers }: AwsRequest): Command {
  const expectedOwner = headers.get('x-amz-expected-bucket-owner')
  const expectedSourceOwner = headers.get('x-amz-source-expected-bucket-owner')
  if (expectedOwner === undefined && expectedSourceOwner === undefined) return command
  const expected = {
    ...(expectedOwner !== undefined && { expectedOwner }),
    ...(expectedSourceOwner !== undefined && { expectedSourceOwner }),
  }
  return {
    operation: command.operation,
    run: (services, caller, context) => command.run(services, caller, { ...context, ...expected }),
  }
}
