import { describe, expect, it } from 'vitest'
// @ts-expect-error -- plain JavaScript, run by whatever Node the machine has
import { tallyPlaywright, tallyVitest, withExitCode } from './test-results.mjs'

const test = (status: string) => ({ status, fullName: `a ${status} test` })

describe('tallyVitest', () => {
  it('counts what passed and failed', () => {
    const report = {
      testResults: [
        { name: 'a', status: 'failed', assertionResults: [test('passed'), test('passed'), test('failed')] },
      ],
    }
    expect(tallyVitest(report)).toEqual({ passed: 2, failed: 1, notes: [] })
  })

  it('counts a file that did not load as failed', () => {
    const report = { testResults: [{ name: 'a', status: 'failed', assertionResults: [] }] }
    expect(tallyVitest(report)).toMatchObject({ passed: 0, failed: 1, notes: ['did not load: a'] })
  })

  it.each(['skipped', 'pending', 'todo'])('counts a test that is %s as failed', (status) => {
    const report = { testResults: [{ name: 'a', status: 'passed', assertionResults: [test(status)] }] }
    expect(tallyVitest(report)).toMatchObject({ passed: 0, failed: 1 })
  })
})

describe('tallyPlaywright', () => {
  it('counts all that did not simply pass as failed', () => {
    const stats = { expected: 10, unexpected: 1, flaky: 2, skipped: 4 }
    expect(tallyPlaywright({ stats, errors: [{ message: 'no server\nat x' }] })).toMatchObject({
      passed: 10,
      failed: 8,
    })
  })
})

describe('withExitCode', () => {
  const green = { passed: 3, failed: 0, notes: [] }

  it('believes a runner that ended well', () => {
    expect(withExitCode(0, green, 'x')).toEqual(green)
  })

  it('does not believe a green report of a runner that failed', () => {
    expect(withExitCode(1, green, 'x')).toMatchObject({ passed: 3, failed: 1 })
  })

  it('takes a missing report for a crash, whatever the code', () => {
    expect(withExitCode(0, undefined, 'x')).toMatchObject({ passed: 0, failed: 1 })
  })
})
