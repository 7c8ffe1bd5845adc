'use client'
import { useMutation } from '@tanstack/react-query'
import { LogOut } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu'
import { signOut } from '@/lib/console/client'
import { pages } from '@/lib/console/paths'
import { useErrorToast } from './error-message'
import { useMe } from './me'

export function UserMenu() {
  const t = useTranslations('shell')
  const { user } = useMe()
  const leave = useMutation({
    mutationFn: signOut,
    onError: useErrorToast(),
    // a whole new page: nothing of this person stays in memory
    onSuccess: () => window.location.assign(pages.signIn()),
  })
  return (
    <Menu
      trigger={
        <Button variant="quiet" size="icon" aria-label={t('account', { name: user.name })}>
          <span
            aria-hidden
            className="bg-accent-soft text-accent-ink grid size-7 place-items-center rounded-full text-xs font-semibold"
          >
            {[...user.name][0]?.toUpperCase()}
          </span>
        </Button>
      }
    >
      <div className="max-w-64 px-2.5 py-2">
        <p className="truncate text-sm font-medium">{user.name}</p>
        <p className="text-muted truncate text-xs">{user.email}</p>
      </div>
      <MenuSeparator />
      <MenuItem icon={<LogOut aria-hidden />} onClick={() => leave.mutate()}>
        {t('signOut')}
      </MenuItem>
    </Menu>
  )
}
