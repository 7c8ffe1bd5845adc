'use client'
import { useQuery } from '@tanstack/react-query'
import { HandHelping, Plus, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Timestamp } from '@/components/shell/timestamp'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog'
import { Mono } from '@/components/ui/property-list'
import { Skeleton } from '@/components/ui/skeleton'
import { isEditable } from '@/lib/console/key-actions'
import { keyAccessQuery, keyGrantsQuery } from '@/lib/console/queries/keys'
import type { Grant, KeyDetail } from '@/lib/console/schemas-keys'
import { Consequences } from './consequences'
import { CreateGrantDialog } from './create-grant-dialog'
import { useKeyMutation } from './use-key-mutation'
import { useMay } from './use-refusal'

/** Permissions given one by one, beside the policy; each can be taken back alone. */
export function GrantsCard({ of: key }: { of: KeyDetail }) {
  const t = useTranslations('keys.grants')
  const { projectId } = useProject()
  const grants = useQuery(keyGrantsQuery(projectId, key.keyId))
  const [creating, setCreating] = useState(false)
  const [revoked, setRevoked] = useState<Grant>()
  const may = useMay(key.keyId)
  return (
    <SectionCard
      id="key-grants"
      title={t('title')}
      icon={<HandHelping aria-hidden />}
      description={t('description')}
      flush
      actions={
        isEditable(key) &&
        !may('kms:CreateGrant') && (
          <Button size="sm" onClick={() => setCreating(true)}>
            <Plus aria-hidden />
            {t('create')}
          </Button>
        )
      }
    >
      {grants.isError ? (
        <ErrorNotice error={grants.error} onRetry={() => void grants.refetch()} className="m-4" />
      ) : !grants.data ? (
        <div aria-busy className="flex flex-col gap-3 p-4">
          <Skeleton className="w-2/3" />
          <Skeleton className="w-1/2" />
        </div>
      ) : grants.data.grants.length === 0 ? (
        <p className="text-muted px-4 py-3 text-sm">{t('none')}</p>
      ) : (
        <ul className="divide-line divide-y">
          {grants.data.grants.map((grant) => (
            <GrantItem
              key={grant.grantId}
              of={grant}
              keyId={key.keyId}
              onRevoke={may('kms:RevokeGrant') ? undefined : () => setRevoked(grant)}
            />
          ))}
        </ul>
      )}
      <CreateGrantDialog of={key} open={creating} onClose={() => setCreating(false)} />
      <RevokeDialog of={key} grant={revoked} onClose={() => setRevoked(undefined)} />
    </SectionCard>
  )
}

function GrantItem({
  of: grant,
  keyId,
  onRevoke,
}: {
  of: Grant
  keyId: string
  onRevoke: (() => void) | undefined
}) {
  const t = useTranslations('keys.grants')
  const grantee = usePrincipalName(keyId)(grant.granteePrincipal)
  const context = grant.constraints.encryptionContextEquals ?? grant.constraints.encryptionContextSubset
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 text-sm font-medium">
          <span className="wrap-anywhere">{grantee}</span>
          {grant.name && <span className="text-muted font-normal">{grant.name}</span>}
        </p>
        <p className="mt-1.5 flex flex-wrap gap-1.5">
          {grant.operations.map((operation) => (
            <Badge key={operation}>{operation}</Badge>
          ))}
        </p>
        {context && (
          <p className="mt-1.5">
            <Mono>
              {Object.entries(context)
                .map(([name, value]) => `${name} = ${value}`)
                .join(', ')}
            </Mono>
          </p>
        )}
        <p className="text-muted mt-1.5 text-xs">
          <Timestamp at={grant.createdAt} /> · <span title={grant.grantId}>{grant.grantId.slice(0, 8)}…</span>
        </p>
      </div>
      {onRevoke && (
        <Button
          variant="quiet"
          size="icon-sm"
          aria-label={t('revokeOf', { grantee })}
          title={t('revoke')}
          onClick={onRevoke}
        >
          <X aria-hidden />
        </Button>
      )}
    </li>
  )
}

/** A principal as people know him: the member's name, else the end of the ARN. */
function usePrincipalName(keyId: string): (principal: string) => string {
  const { projectId } = useProject()
  const { data } = useQuery(keyAccessQuery(projectId, keyId))
  return (principal) => {
    const member = data?.members.find((one) => one.principal === principal)
    return member?.name ?? principal.slice(principal.lastIndexOf(':') + 1)
  }
}

function RevokeDialog({
  of: key,
  grant,
  onClose,
}: {
  of: KeyDetail
  grant: Grant | undefined
  onClose: () => void
}) {
  const t = useTranslations()
  const revoke = useKeyMutation(
    key.keyId,
    (client, grantId: string) => client.revokeGrant(key.keyId, grantId),
    { done: t('keys.grants.revoked'), onDone: onClose },
  )
  const grantee = usePrincipalName(key.keyId)(grant?.granteePrincipal ?? '')
  return (
    <Dialog
      open={grant !== undefined}
      onOpenChange={(open) => !open && onClose()}
      alert
      width="sm"
      title={t('keys.grants.revokeTitle')}
      description={grantee}
      closeLabel={t('common.close')}
    >
      <DialogBody className="flex flex-col gap-4">
        {revoke.isError && <ErrorNotice error={revoke.error} />}
        <Consequences dangerous items={[t('keys.grants.revokeAtOnce'), t('keys.grants.revokeOthers')]} />
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button
          variant="danger"
          busy={revoke.isPending}
          onClick={() => grant && revoke.mutate(grant.grantId)}
        >
          {t('keys.grants.revoke')}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}
