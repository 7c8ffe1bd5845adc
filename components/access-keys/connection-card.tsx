'use client'
import { Plug } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useMe } from '@/components/shell/me'
import { SectionCard } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { Tabs } from '@/components/ui/tabs'
import { awsCliSetUp, awsCliUpload, awsCliVerify } from './aws-cli'
import { S3BrowserSteps } from './s3-browser-steps'

/** How to reach the project's storage from a client: exactly what to enter, with this project's values. */
export function ConnectionCard({ accessKeyId }: { accessKeyId: string | undefined }) {
  const t = useTranslations('connect')
  return (
    <SectionCard
      id="connect"
      title={t('title')}
      icon={<Plug aria-hidden />}
      description={t('description')}
      flush
    >
      <Tabs
        label={t('clients')}
        tabs={[
          { value: 's3-browser', label: 'S3 Browser', panel: <S3BrowserSteps accessKeyId={accessKeyId} /> },
          { value: 'aws-cli', label: 'AWS CLI', panel: <AwsCli accessKeyId={accessKeyId} /> },
        ]}
      />
    </SectionCard>
  )
}

function AwsCli({ accessKeyId }: { accessKeyId: string | undefined }) {
  const t = useTranslations()
  const { objectEndpoint, region, key } = useMe()
  const names = { bucket: t('connect.yourBucket'), file: t('connect.yourFile'), endpoint: objectEndpoint }
  const blocks = [
    {
      name: 'setUp',
      code: awsCliSetUp({
        accessKeyId: accessKeyId ?? t('connect.yourKeyId'),
        secret: t('connect.yourSecret'),
        region,
      }),
    },
    { name: 'upload', code: awsCliUpload({ ...names, keyId: key?.keyId ?? '' }) },
    { name: 'verify', code: awsCliVerify(names) },
  ] as const
  return (
    <ol className="flex flex-col gap-4">
      {blocks.map(({ name, code }, index) => (
        <li key={name}>
          <p className="mb-1.5 text-sm">
            <span className="font-medium tabular-nums">{index + 1}. </span>
            {t(`connect.cli.${name}`)}
          </p>
          <CodeBlock
            code={code}
            label={t(`connect.cli.${name}`)}
            copyLabel={t('connect.copyCommands')}
            copiedLabel={t('common.copied')}
          />
        </li>
      ))}
    </ol>
  )
}
