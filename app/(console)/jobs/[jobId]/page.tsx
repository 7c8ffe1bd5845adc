import { getTranslations } from 'next-intl/server'
import type { PageInput } from '@/app/_request/page-input'
import { JobPage } from '@/components/jobs/job-page'

export async function generateMetadata() {
  return { title: (await getTranslations('jobs'))('job') }
}

export default async function JobPageRoute({ params }: PageInput<{ jobId: string }>) {
  return <JobPage jobId={decodeURIComponent((await params).jobId)} />
}
