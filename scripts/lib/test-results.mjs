/**
 * @typedef {{ passed: number, failed: number, notes: string[] }} Tally
 */

/**
 * Counts a Vitest JSON report. A file that did not load holds no test and is one failure; a test that was
 * skipped proves nothing and is one too.
 *
 * @param {any} report
 * @returns {Tally}
 */
export function tallyVitest(report) {
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: file.name })),
  )
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(isFailed),
  )
  const skipped = tests.filter((test) => test.status !== 'passed' && !isFailed(test))
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: tests.filter(isFailed).length + broken.length + skipped.length,
    notes: [
      ...broken.map((file) => `did not load: ${file.name}`),
      ...skipped.map((test) => `not run (${test.status}): ${test.fullName} (${test.file})`),
    ],
  }
}

function isFailed(test) {
  return test.status === 'failed'
}

/**
 * Counts a Playwright JSON report: `flaky` cannot happen without retries and would count as failed, as do
 * tests that were skipped or not reached and errors outside of tests.
 *
 * @param {any} report
 * @returns {Tally}
 */
export function tallyPlaywright({ stats, errors = [] }) {
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + stats.skipped + errors.length,
    notes: [
      ...(stats.skipped > 0 ? [`${stats.skipped} browser or client tests were not run`] : []),
      ...errors.map((error) => `outside of a test: ${String(error.message).split('\n')[0]}`),
    ],
  }
}

/**
 * Joins a runner's exit code with its tally: a runner that failed without a failed test crashed.
 *
 * @param {number} code
 * @param {Tally | undefined} tally
 * @param {string} name
 * @returns {Tally}
 */
export function withExitCode(code, tally, name) {
  if (tally === undefined)
    return { passed: 0, failed: 1, notes: [`${name} ended with code ${code} and without a report`] }
  if (code === 0 || tally.failed > 0) return tally
  return {
    ...tally,
    failed: 1,
    notes: [...tally.notes, `${name} ended with code ${code} though no test failed`],
  }
}
