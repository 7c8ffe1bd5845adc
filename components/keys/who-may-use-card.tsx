'use client'
import { useQuery } from '@tanstack/react-query'
import { Check, Users, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useMe, useProject } from '@/components/shell/me'
import { useRefusalWords } from '@/components/shell/refusal-text'
import { SectionCard } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { Cell, HeaderCell, Row, Table, TableHead } from '@/components/ui/table'
import { KEY_USES, type KeyUse } from '@/lib/console/key-actions'
import { keyAccessQuery } from '@/lib/console/queries/keys'
import type { Decision, KeyAccess, KeyDetail } from '@/lib/console/schemas-keys'

const USES = Object.keys(KEY_USES) as KeyUse[]

/** Each member with what he may do with the key, and the rule that says so. */
export function WhoMayUseCard({ of: key }: { of: KeyDetail }) {
  const t = useTranslations('keys.who')
  const { projectId } = useProject()
  const access = useQuery(keyAccessQuery(projectId, key.keyId))
  return (
    <SectionCard
      id="key-who"
      title={t('title')}
      icon={<Users aria-hidden />}
      description={t('description')}
      flush
    >
      {access.isError ? (
        <ErrorNotice error={access.error} onRetry={() => void access.refetch()} className="m-4" />
      ) : (
        <div className="overflow-x-auto">
          <Table aria-label={t('title')} aria-busy={!access.data}>
            <TableHead>
              <tr>
                <HeaderCell>{t('member')}</HeaderCell>
                {USES.map((use) => (
                  <HeaderCell key={use} title={KEY_USES[use]}>
                    {t(`uses.${use}`)}
                  </HeaderCell>
                ))}
              </tr>
            </TableHead>
            <tbody>
              {access.data ? (
                access.data.members.map((member) => <MemberRow key={member.userId} of={member} />)
              ) : (
                <LoadingRows />
              )}
            </tbody>
          </Table>
        </div>
      )}
    </SectionCard>
  )
}

function MemberRow({ of: member }: { of: KeyAccess['members'][number] }) {
  const t = useTranslations()
  const { user } = useMe()
  return (
    <Row>
      <Cell className="h-15!">
        <span className="block font-medium">
          {member.name}
          {member.userId === user.userId && <span className="text-muted"> {t('keys.who.you')}</span>}
        </span>
        <span className="text-muted block text-xs">
          {t(`shell.roles.${member.role}`)} · {member.email}
        </span>
      </Cell>
      {USES.map((use) => (
        <Cell key={use}>
          <Verdict decision={member.decisions[KEY_USES[use]]} action={KEY_USES[use]} />
        </Cell>
      ))}
    </Row>
  )
}

function Verdict({ decision, action }: { decision: Decision | undefined; action: string }) {
  const t = useTranslations('keys.who')
  const words = useRefusalWords()
  const rule = useRuleName()
  if (!decision) return <span className="text-faint">—</span>
  const { allowed, layer } = decision
  const title = allowed ? undefined : words({ layer, rule: decision.rule, action }).why
  return (
    <span className="flex items-start gap-2" title={title}>
      {allowed ? (
        <Check aria-hidden className="text-accent-ink mt-0.5 size-4 shrink-0" />
      ) : (
        <X aria-hidden className="text-danger-ink mt-0.5 size-4 shrink-0" />
      )}
      <span className="min-w-0">
        <span className={allowed ? 'block' : 'text-muted block'}>{t(allowed ? 'yes' : 'no')}</span>
        <span className="text-muted block max-w-56 truncate text-xs">{rule(decision)}</span>
      </span>
    </span>
  )
}

/** The deciding rule in a few words: the role, a statement, a grant. */
export function useRuleName(): (decision: Decision) => string {
  const t = useTranslations()
  return ({ layer, rule }) => {
    if (rule === undefined) return t('keys.who.nothingAllows')
    if (layer === 'role') return t('keys.who.byRole', { role: roleName(t, rule) })
    return t(`keys.who.by.${layer}`, { rule: layer === 'grant' ? `${rule.slice(0, 8)}…` : rule })
  }
}

const ROLES = ['owner', 'administrator', 'member', 'reader', 'auditor'] as const

function roleName(t: ReturnType<typeof useTranslations<never>>, rule: string): string {
  const role = ROLES.find((one) => one === rule)
  return role ? t(`shell.roles.${role}`) : rule
}

function LoadingRows() {
  return [1, 2, 3].map((row) => (
    <Row key={row}>
      <Cell className="h-15!">
        <Skeleton className="w-40" />
      </Cell>
      {USES.map((use) => (
        <Cell key={use}>
          <Skeleton className="w-24" />
        </Cell>
      ))}
    </Row>
  ))
}
