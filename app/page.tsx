import { redirect } from 'next/navigation'
import { pages } from '@/lib/console/paths'

export default function Home() {
  redirect(pages.buckets())
}
