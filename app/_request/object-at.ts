import { keyQuerySchema, type ObjectAt } from '@/lib/console/schemas'

/** Which object version a request is about; without an id, the current one. */
export function objectAt({ key, versionId }: ObjectAt): { key: string; versionId?: string } {
  return { key, ...(versionId !== undefined && { versionId }) }
}

/** The same from an address. @throws ZodError */
export function objectAtQuery(query: Record<string, string>): { key: string; versionId?: string } {
  return objectAt(keyQuerySchema.parse(query))
}
