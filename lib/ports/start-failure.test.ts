import { describe, expect, it } from 'vitest'
import { ConfigError } from '../config.ts'
import { describeFault } from './fault.ts'
import { explainStartFailure } from './start-failure.ts'

const systemError = (facts: object) => Object.assign(new Error('boom'), facts)

describe('explainStartFailure', () => {
  it('lists the mistakes of the settings', () => {
    expect(explainStartFailure(new ConfigError(['A is wrong.', 'B is wrong.']))).toMatch(
      /- A is wrong\.\n {2}- B is wrong\./,
    )
  })

  it('says message and mend of an error that carries one, whichever copy of its class it is', () => {
    const error = systemError({ mend: 'Put the right key back.' })
    expect(explainStartFailure(error)).toBe('boom\nPut the right key back.')
  })

  it.each([
    ['EADDRINUSE', 'Port 9000 is in use'],
    ['EACCES', 'Port 9000 may not be used'],
    ['EADDRNOTAVAIL', 'COFFER_HOST'],
    ['ESTRANGE', 'Port 9000 cannot be opened (ESTRANGE)'],
  ])('explains a port that cannot be opened: %s', (code, words) => {
    expect(explainStartFailure(systemError({ syscall: 'listen', port: 9000, code }))).toContain(words)
  })

  it.each(['ENOTFOUND', 'EAI_AGAIN'])('explains a host that has no address: %s', (code) => {
    const error = systemError({ syscall: 'getaddrinfo', hostname: 'nosuchhost', port: 9000, code })
    expect(explainStartFailure(error)).toContain('COFFER_HOST is not an address of this machine')
  })

  it.each([
    ['StorageFull', 'is full'],
    ['SQLITE_FULL', 'is full'],
    ['SQLITE_CORRUPT_INDEX', 'Restore the whole data folder'],
  ])('explains a disk that fails while the database is in use: %s', (code, words) => {
    expect(explainStartFailure(systemError({ code }))).toContain(words)
  })

  it.each(['EACCES', 'EROFS', 'ENOSPC', 'ENOTDIR', 'ENOENT'])('names the file of %s', (code) => {
    expect(explainStartFailure(systemError({ code, path: '/srv/coffer' }))).toMatch(/^\/srv\/coffer /)
  })

  it('tells neither message nor value of what nobody foresaw', () => {
    const told = explainStartFailure(new TypeError('bad key 5ec2e7'))
    expect(told).toContain('TypeError')
    expect(told).not.toContain('5ec2e7')
    expect(explainStartFailure('5ec2e7')).not.toContain('5ec2e7')
  })
})

describe('describeFault', () => {
  it('keeps places and drops every line of the message', () => {
    const told = describeFault(Object.assign(new Error('line one\nline two'), { code: 'E_X' }))
    expect(told).toMatch(/^Error E_X\n\s+at /)
    expect(told).not.toContain('line')
  })
})
