'use client'
import { useTranslations } from 'next-intl'
import { RadioCards } from '@/components/ui/radio-cards'
import type { Role } from '@/lib/console/schemas-members'

export interface RoleChoiceProps {
  value: Role
  onChange: (role: Role) => void
  /** those the person who asks may give */
  roles: Role[]
}

export function RoleChoice({ value, onChange, roles }: RoleChoiceProps) {
  const t = useTranslations()
  return (
    <RadioCards
      legend={t('members.role')}
      value={value}
      onChange={onChange}
      options={roles.map((role) => ({
        value: role,
        label: t(`shell.roles.${role}`),
        description: t(`members.roleHints.${role}`),
      }))}
    />
  )
}
