import { getTranslations } from 'next-intl/server'
import { JobList } from '@/components/jobs/job-list'

export async function generateMetadata() {
  return { title: (await getTranslations('jobs'))('title') }
}

export default function JobsPage() {
  return <JobList />
}
