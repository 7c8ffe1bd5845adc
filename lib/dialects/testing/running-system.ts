import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../config.ts'
import { createSystem, type System } from '../../system.ts'
import { objectServer } from '../http/object-server.ts'

/** A whole Coffer in a folder of its own, with a member's access key and its object port listening on loopback. */
export interface RunningSystem {
  system: System
  dataDir: string
  port: number
  projectId: string
  accountNumber: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  /** what the listener could not answer properly; a suite expects none */
  faults: unknown[]
  stop(): Promise<void>
}

export async function startSystem(env: Record<string, string> = {}): Promise<RunningSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-dialects-'))
  const dataDir = join(folder, 'data')
  const settings = { COFFER_DATA_DIR: dataDir, COFFER_ROOT_KEY_FILE: join(folder, 'root.key'), ...env }
  const system = await createSystem(readConfig(settings, folder))
  const member = await firstMember(system)
  const faults: unknown[] = []
  const server = objectServer(system.serve, { onFault: (fault) => faults.push(fault) })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    system,
    dataDir,
    port: (server.address() as AddressInfo).port,
    ...member,
    faults,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await system.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function firstMember({ accounts, firstRun }: System) {
  const token = new URL(firstRun!.welcomeUrl).searchParams.get('token')!
  const { userId } = await accounts.createFirstAdministrator({
    token,
    email: 'ada@example.org',
    name: 'Ada',
    password: 'correct horse battery',
  })
  const [membership] = await accounts.memberships(userId)
  const { projectId, accountNumber } = membership!.project
  const { accessKeyId, secretAccessKey } = await accounts.createAccessKey({
    userId,
    projectId,
    description: 'tests',
  })
  return { projectId, accountNumber, credentials: { accessKeyId, secretAccessKey } }
}
