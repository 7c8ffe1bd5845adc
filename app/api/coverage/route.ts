import { projectRoute } from '@/app/_request/route'
import { coverageQuerySchema } from '@/lib/console/schemas-coverage'
import type { Coverage } from '@/lib/store/coverage-model'

export const GET = projectRoute(async ({ run, query }) => {
  const { bucket, folder } = coverageQuerySchema.parse(query)
  if (bucket === undefined) {
    const { coverage, hiddenBuckets } = await run({ name: 'GetProjectCoverage' })
    return { ...coverageJson(coverage), hiddenBuckets }
  }
  const { coverage } = await run({ name: 'GetBucketCoverage', bucket, folder })
  return { ...coverageJson(coverage), hiddenBuckets: 0 }
})

/** The name of the service-managed key is nobody's business but the keyring's. */
function coverageJson({ shares, ...sums }: Coverage) {
  return {
    ...sums,
    shares: shares.map(({ keyId, ...share }) => (share.mode === 'managed-key' ? { ...share, keyId } : share)),
  }
}
