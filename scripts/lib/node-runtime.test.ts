import { describe, expect, it } from 'vitest'
// @ts-expect-error -- plain JavaScript, run by whatever Node the machine has
import { canRunSources } from './node-runtime.mjs'

describe('canRunSources', () => {
  it.each(['v22.18.0', 'v22.23.3', 'v23.6.0', 'v24.0.0', 'v26.1.2'])('takes %s', (version) => {
    expect(canRunSources(version)).toBe(true)
  })

  it.each(['v18.0.0', 'v20.20.2', 'v22.17.9', 'v23.5.0'])('refuses %s', (version) => {
    expect(canRunSources(version)).toBe(false)
  })
})
