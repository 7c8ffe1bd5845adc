'use client'
import { Monitor, Moon, Sun } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useTheme } from 'next-themes'
import { useSyncExternalStore } from 'react'
import { Button } from '@/components/ui/button'
import { Menu, MenuChoice } from '@/components/ui/menu'

export function ThemeMenu() {
  const t = useTranslations('shell')
  const { theme, setTheme } = useTheme()
  // what the person chose is known only in the browser
  const mounted = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  )
  return (
    <Menu
      trigger={
        <Button variant="quiet" size="icon" aria-label={t('theme')} title={t('theme')}>
          <Sun aria-hidden className="dark:hidden" />
          <Moon aria-hidden className="hidden dark:block" />
        </Button>
      }
    >
      <MenuChoice
        value={mounted ? (theme ?? 'system') : 'system'}
        onChange={setTheme}
        options={[
          { value: 'system', label: t('themeSystem'), icon: <Monitor aria-hidden /> },
          { value: 'light', label: t('themeLight'), icon: <Sun aria-hidden /> },
          { value: 'dark', label: t('themeDark'), icon: <Moon aria-hidden /> },
        ]}
      />
    </Menu>
  )
}
