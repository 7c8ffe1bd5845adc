import { getTranslations } from 'next-intl/server'
import { MemberPage } from '@/components/members/member-page'

export async function generateMetadata() {
  return { title: (await getTranslations('members'))('title') }
}

export default function MembersPage() {
  return <MemberPage />
}
