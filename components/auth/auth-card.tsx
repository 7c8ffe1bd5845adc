import type { ReactNode } from 'react'

/** Heading and form of the pages before the sign-in. */
export function AuthCard({
  title,
  description,
  children,
}: {
  title: string
  description: string
  children: ReactNode
}) {
  return (
    <div className="w-full max-w-sm">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="text-muted mt-1.5 text-base text-pretty">{description}</p>
      <div className="mt-8">{children}</div>
    </div>
  )
}
