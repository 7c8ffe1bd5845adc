import { getTranslations } from 'next-intl/server'
import { BackupPage } from '@/components/backup/backup-page'

export async function generateMetadata() {
  return { title: (await getTranslations('backup'))('title') }
}

export default function KeyBackupPage() {
  return <BackupPage />
}
