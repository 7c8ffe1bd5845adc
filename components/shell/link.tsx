'use client'
import NextLink, { useLinkStatus } from 'next/link'
import { useTranslations } from 'next-intl'
import type { ComponentProps } from 'react'
import { createPortal } from 'react-dom'
import { inProject } from '@/lib/console/paths'
import { useMe } from './me'

export interface LinkProps extends ComponentProps<typeof NextLink> {
  href: string
}

/** A link of the console, into the same project wherever it is opened; a slow server is seen to be asked. */
export function Link({ href, children, ...rest }: LinkProps) {
  const { project } = useMe()
  return (
    <NextLink {...rest} href={inProject(href, project?.projectId)}>
      {children}
      <Asked />
    </NextLink>
  )
}

/** A line over the window, outside of everything: it moves nothing. */
function Asked() {
  const t = useTranslations('shell')
  const { pending } = useLinkStatus()
  if (!pending) return null
  return createPortal(
    <span
      role="progressbar"
      aria-label={t('loadingPage')}
      className="animate-asked bg-accent fixed inset-x-0 top-0 z-50 h-0.75 origin-left"
    />,
    document.body,
  )
}
