'use client'
import { useState } from 'react'
import { useOwnKeyChoices } from '@/components/encryption/own-keys'
import { ruleOf, type RuleName } from '@/components/encryption/suites'
import type { EncryptionRule, UploadEncryption } from '@/lib/console/schemas'

/** How a checked box encrypts: as the bucket says, or by a key chosen here. */
export type EncryptMethod = 'bucket-default' | Exclude<RuleName, 'none'>

export interface EncryptChoice {
  checked: boolean
  /** the bucket encrypts by default, so there is no way to upload plaintext by mistake */
  enforced: boolean
  method: EncryptMethod
  methods: EncryptMethod[]
  setChecked: (checked: boolean) => void
  setMethod: (method: EncryptMethod) => void
  encryption: UploadEncryption
}

const METHODS: EncryptMethod[] = ['project-AES256', 'project-SM4', 'service-AES256']

/** The Encrypt box: it follows the bucket's default, and where there is none it offers the project's key. */
export function useEncryptChoice(rule: EncryptionRule | undefined): EncryptChoice {
  const [wanted, setWanted] = useState(false)
  const own = useOwnKeyChoices().map(({ value }) => value)
  const methods = [...METHODS, ...own]
  const [chosen, setMethod] = useState<EncryptMethod>()
  const enforced = rule !== undefined && rule.kind !== 'none'
  const checked = enforced || wanted
  const method = chosen ?? (enforced ? 'bucket-default' : 'project-AES256')
  return {
    checked,
    enforced,
    method,
    methods: enforced ? ['bucket-default', ...methods] : methods,
    setChecked: setWanted,
    setMethod,
    encryption: !checked ? { kind: 'none' } : method === 'bucket-default' ? { kind: method } : ruleOf(method),
  }
}
