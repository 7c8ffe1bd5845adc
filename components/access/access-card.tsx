'use client'
import { Globe, Lock } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState, type ReactNode } from 'react'
import { ErrorNotice } from '@/components/shell/error-notice'
import { useProject } from '@/components/shell/me'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { SectionCard } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { Select } from '@/components/ui/select'
import { isPublic, type BucketAccess, type CannedAcl, type ObjectAcl } from '@/lib/console/schemas-acl'

export interface AccessCardProps<A extends ObjectAcl> {
  of: 'bucket' | 'object'
  acl: A
  /** what it comes to */
  effective: CannedAcl
  publicPolicy: boolean
  blocked: boolean
  options: readonly A[]
  onSave: (acl: A) => void
  saving: boolean
  error: Error | null
}

/** Rules about others are for administrators (lib/policy/roles.ts). */
const ADMINISTRATORS = new Set<string>(['owner', 'administrator'])

/** Who is let in without signing in, with a warning where that is anybody. */
export function AccessCard<A extends ObjectAcl>(props: AccessCardProps<A>) {
  const { of, acl, effective, publicPolicy, blocked, options, onSave, saving, error } = props
  const t = useTranslations('access')
  const { role } = useProject()
  const [chosen, setChosen] = useState(acl)
  const word: ObjectAcl = acl
  // Whether a policy speaks of this very file is not known here.
  const access = { acl: effective, publicPolicy: publicPolicy && of === 'bucket', blocked }
  const perhaps = publicPolicy && of === 'object' && !blocked && effective === 'private'
  const open = isPublic(access)
  const mayChange = ADMINISTRATORS.has(role)
  // What is public can always be closed; nothing can be opened where it is blocked.
  const shown = options.filter((option) => !blocked || option === acl || isClosed(option))
  return (
    <SectionCard
      id={`${of}-access`}
      title={t('title')}
      icon={open ? <Globe aria-hidden /> : <Lock aria-hidden />}
      description={t(`description.${of}`)}
      actions={!perhaps && <AccessBadge {...access} />}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          onSave(chosen)
        }}
      >
        {error && <ErrorNotice error={error} />}
        {open && (
          <Notice tone="danger" title={t(`open.${of}`)}>
            {effective !== 'private' && <p>{t(`openText.${effective}`)}</p>}
            {access.publicPolicy && <p>{t('openPolicy.bucket')}</p>}
            <p>{t('openKms')}</p>
          </Notice>
        )}
        {perhaps && <Notice tone="warning">{t('openPolicy.object')}</Notice>}
        {blocked && <Notice title={t('blocked')}>{t('blockedText')}</Notice>}
        {mayChange ? (
          <AclSelect value={chosen} onChange={setChosen} options={shown} disabled={saving} />
        ) : (
          <p className="text-sm">{t(`acls.${word}.label`)}</p>
        )}
        {mayChange && chosen !== acl && !isClosed(chosen) && (
          <Notice tone="warning">{t(`openText.${chosen as PublicAcl}`)}</Notice>
        )}
        {mayChange ? (
          <div>
            <Button type="submit" variant="primary" busy={saving} disabled={chosen === acl}>
              {t('save')}
            </Button>
          </div>
        ) : (
          <p className="text-muted text-sm">{t('administrators')}</p>
        )}
      </form>
    </SectionCard>
  )
}

type PublicAcl = Exclude<CannedAcl, 'private'>

function isClosed(acl: ObjectAcl): boolean {
  return acl === 'private' || acl === 'default'
}

interface AclSelectProps<A extends ObjectAcl> {
  value: A
  onChange: (acl: A) => void
  options: readonly A[]
  disabled: boolean
}

function AclSelect<A extends ObjectAcl>({ value, onChange, options, disabled }: AclSelectProps<A>) {
  const t = useTranslations('access')
  return (
    <Select<A>
      label={t('who')}
      value={value}
      onChange={onChange}
      disabled={disabled}
      options={options.map((option) => {
        const word: ObjectAcl = option
        return {
          value: option,
          label: t(`acls.${word}.label`),
          description: t(`acls.${word}.description`),
        }
      })}
    />
  )
}

/** "Public" in a colour that nobody passes over, or that it is not. */
export function AccessBadge(access: BucketAccess): ReactNode {
  const t = useTranslations('access')
  return isPublic(access) ? (
    <Badge tone="danger" icon={<Globe aria-hidden />}>
      {t('public')}
    </Badge>
  ) : (
    <Badge icon={<Lock aria-hidden />}>{t('notPublic')}</Badge>
  )
}
