'use client'
import NextLink from 'next/link'
import type { ComponentProps } from 'react'
import { inProject } from '@/lib/console/paths'
import { useMe } from './me'

export interface LinkProps extends ComponentProps<typeof NextLink> {
  href: string
}

/** A link of the console, into the same project wherever it is opened. */
export function Link({ href, ...rest }: LinkProps) {
  const { project } = useMe()
  return <NextLink {...rest} href={inProject(href, project?.projectId)} />
}
