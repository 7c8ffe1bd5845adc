import { beforeEach, describe, expect, test } from 'vitest'
import type { AuditEvent, AuditLog } from '../audit/model.ts'
import type { ProjectRole } from './model.ts'
import { createKmsAuthorization, type KmsAuthorizationRule } from './kms-authorization.ts'
import { MemoryAccountRepository } from './memory-account-repository.test-support.ts'
import { Projects } from './projects.ts'

const ORIGIN = { requestId: 'R', remoteAddress: '192.0.2.1', secure: true }
let repository: MemoryAccountRepository
let events: AuditEvent[]
let now: number

beforeEach(() => {
  repository = new MemoryAccountRepository()
  events = []
  now = 1000
})

const audit = { append: async (event: AuditEvent) => void events.push(event) } as unknown as AuditLog
const service = () => createKmsAuthorization({ repository, audit, clock: () => now })
async function project(rule?: KmsAuthorizationRule): Promise<string> {
  const projects = new Projects(
    repository,
    async () => undefined,
    () => now,
    rule,
  )
  return (await projects.create('Optics')).projectId
}
const caller = (projectId: string, role: ProjectRole) =>
  ({ kind: 'member', userId: 'u', projectId, role, account: '111122223333' }) as const

describe('KMS for COS clients', () => {
  test('is on in a new project unless the operator wants the step', async () => {
    expect(await service().isAuthorized(await project())).toBe(true)
    expect(await service().isAuthorized(await project('automatic'))).toBe(true)
    expect(await service().isAuthorized(await project('required'))).toBe(false)
  })

  test.each(['owner', 'administrator'] as const)(
    'is switched on by an %s, once, on the record',
    async (role) => {
      const kms = service()
      const projectId = await project('required')
      expect(await kms.state(caller(projectId, role), ORIGIN)).toEqual({
        authorizedAt: undefined,
        mayAuthorize: true,
      })
      now = 2000
      const done = { authorizedAt: 2000, mayAuthorize: true }
      expect(await kms.authorize(caller(projectId, role), ORIGIN)).toEqual(done)
      now = 3000
      expect(await kms.authorize(caller(projectId, role), ORIGIN)).toEqual(done)
      expect(await kms.isAuthorized(projectId)).toBe(true)
      expect(events.map(({ action, result, projectId: where }) => [action, result, where])).toEqual([
        ['coffer:AuthorizeKeyService', 'Success', projectId],
        ['coffer:AuthorizeKeyService', 'Success', projectId],
      ])
    },
  )

  test.each(['member', 'reader', 'auditor'] as const)('is not for a %s to switch on', async (role) => {
    const kms = service()
    const projectId = await project('required')
    expect((await kms.state(caller(projectId, role), ORIGIN)).mayAuthorize).toBe(false)
    await expect(kms.authorize(caller(projectId, role), ORIGIN)).rejects.toMatchObject({
      code: 'AccessDenied',
    })
    expect(await kms.isAuthorized(projectId)).toBe(false)
    expect(events.map(({ result }) => result)).toEqual(['AccessDenied'])
  })

  test('of one project says nothing of another', async () => {
    const kms = service()
    const [one, other] = [await project('required'), await project('required')]
    await kms.authorize(caller(one, 'owner'), ORIGIN)
    expect([await kms.isAuthorized(one), await kms.isAuthorized(other)]).toEqual([true, false])
    await expect(kms.isAuthorized('nobody')).rejects.toMatchObject({ code: 'NoSuchProject' })
  })
})
