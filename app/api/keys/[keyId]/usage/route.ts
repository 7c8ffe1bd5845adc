import { z } from 'zod'
import { keyUsageJson } from '@/app/_request/reshape-audit'
import { projectRoute } from '@/app/_request/route'
import { system } from '@/app/_request/system'

const querySchema = z.object({ days: z.coerce.number().int().min(1).max(400).default(30) })

/** Calls of the key service for a key of this project, with what the month will come to. */
export const GET = projectRoute<{ keyId: string }>(async ({ caller, origin, query, params }) => {
  const { days } = querySchema.parse(query)
  const { keyring, auditReading } = system()
  const { keyId } = await keyring.resolveKey(caller.projectId, params.keyId)
  return keyUsageJson(await auditReading.keyUsage(caller, keyId, days, origin))
})
