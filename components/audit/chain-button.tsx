'use client'
import { Link2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Timestamp } from '@/components/shell/timestamp'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code-block'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Property, PropertyList } from '@/components/ui/property-list'
import type { AuditHead } from '@/lib/console/schemas-audit'
import { verifyCommand } from './verify-command'

/** The newest hash, to note down elsewhere, and how to prove the log against it without this server. */
export function ChainButton({ head }: { head: AuditHead | undefined }) {
  const t = useTranslations()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button disabled={!head} onClick={() => setOpen(true)}>
        <Link2 aria-hidden />
        {t('audit.chain.action')}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        width="lg"
        title={t('audit.chain.title')}
        description={t('audit.chain.description')}
        closeLabel={t('common.close')}
      >
        {head && <ChainFacts head={head} />}
        <DialogFooter>
          <Button onClick={() => setOpen(false)}>{t('common.close')}</Button>
        </DialogFooter>
      </Dialog>
    </>
  )
}

function ChainFacts({ head }: { head: AuditHead }) {
  const t = useTranslations()
  const steps = [
    { name: 'note', code: `${head.sequence} ${head.hash}` },
    { name: 'verify', code: verifyCommand(head) },
  ] as const
  return (
    <DialogBody className="flex flex-col gap-5">
      <PropertyList>
        <Property label={t('audit.chain.sequence')}>
          <span className="tabular-nums">{head.sequence}</span>
        </Property>
        <Property label={t('audit.chain.at')}>
          <Timestamp at={head.at} />
        </Property>
      </PropertyList>
      <ol className="flex flex-col gap-4">
        {steps.map(({ name, code }, index) => (
          <li key={name}>
            <p className="text-sm font-medium">
              <span className="tabular-nums">{index + 1}. </span>
              {t(`audit.chain.${name}`)}
            </p>
            <p className="text-muted mt-0.5 mb-1.5 text-sm">{t(`audit.chain.${name}Hint`)}</p>
            <CodeBlock
              code={code}
              label={t(`audit.chain.${name}`)}
              copyLabel={t(`audit.chain.${name}Copy`)}
              copiedLabel={t('common.copied')}
            />
          </li>
        ))}
      </ol>
    </DialogBody>
  )
}
