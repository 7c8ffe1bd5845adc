import { getTranslations } from 'next-intl/server'
import type { PageInput } from '@/app/_request/page-input'
import { AuditPage } from '@/components/audit/audit-page'

export async function generateMetadata() {
  return { title: (await getTranslations('audit'))('title') }
}

/** Other pages lead here with a key or a person in the address. */
export default async function AuditLogPage({ searchParams }: PageInput) {
  const { keyId, userId } = await searchParams
  return (
    <AuditPage
      initial={{
        ...(typeof keyId === 'string' && { keyId }),
        ...(typeof userId === 'string' && { userId }),
      }}
    />
  )
}
