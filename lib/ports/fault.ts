/**
 * What may be printed of an unexpected failure: its name, code and the places in the code. Never the
 * message, because messages of foreign errors quote their input, and an input may be a secret.
 */
export function describeFault(fault: unknown): string {
  if (!(fault instanceof Error)) return `a thrown ${typeof fault}`
  const code = 'code' in fault && typeof fault.code === 'string' ? ` ${fault.code}` : ''
  const frames = (fault.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return [`${fault.name}${code}`, ...frames.slice(0, 12)].join('\n')
}
