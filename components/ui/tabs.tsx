'use client'
import { Tabs as BaseTabs } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'

export interface TabsProps {
  label: string
  tabs: { value: string; label: ReactNode; panel: ReactNode }[]
}

export function Tabs({ label, tabs }: TabsProps) {
  return (
    <BaseTabs.Root defaultValue={tabs[0]?.value}>
      <BaseTabs.List aria-label={label} className="border-line relative flex gap-1 border-b px-4">
        {tabs.map((tab) => (
          <BaseTabs.Tab
            key={tab.value}
            value={tab.value}
            className="text-muted hover:text-ink data-active:border-accent data-active:text-ink -mb-px border-b-2 border-transparent px-2.5 py-2.5 text-sm font-medium transition-colors focus-visible:-outline-offset-2"
          >
            {tab.label}
          </BaseTabs.Tab>
        ))}
      </BaseTabs.List>
      {tabs.map((tab) => (
        <BaseTabs.Panel key={tab.value} value={tab.value} className="p-4 focus-visible:-outline-offset-2">
          {tab.panel}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  )
}
