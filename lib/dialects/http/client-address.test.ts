import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { clientResolver } from './client-address.ts'

const from = (remoteAddress: string, encrypted = false) => ({ remoteAddress, encrypted }) as unknown as Socket

describe('clientResolver', () => {
  const nobody = clientResolver([])
  const proxied = clientResolver(['10.0.0.0/8', '127.0.0.1', 'fd00::/8'])

  it('reports the peer', () => {
    expect(nobody(from('192.0.2.1'), {})).toMatchObject({
      remoteAddress: '192.0.2.1',
      loopback: false,
      secure: false,
    })
    expect(nobody(from('192.0.2.1', true), {}).secure).toBe(true)
  })

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('knows loopback address %s', (address) => {
    expect(nobody(from(address), {}).loopback).toBe(true)
  })

  it.each(['128.0.0.1', '::2', '::ffff:10.0.0.1', '127.evil.example', ''])(
    'does not take %s for loopback',
    (address) => {
      expect(nobody(from(address), {}).loopback).toBe(false)
    },
  )

  it('believes nothing of an undeclared proxy, not even that it is local', () => {
    const headers = { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' }
    expect(nobody(from('192.0.2.1'), headers)).toMatchObject({
      remoteAddress: '192.0.2.1',
      loopback: false,
      secure: false,
    })
    expect(nobody(from('127.0.0.1'), headers)).toMatchObject({
      remoteAddress: '127.0.0.1',
      loopback: false,
      secure: false,
    })
  })

  it('takes client and scheme from a trusted proxy', () => {
    const headers = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' }
    expect(proxied(from('10.1.2.3'), headers)).toMatchObject({
      remoteAddress: '192.0.2.7',
      loopback: false,
      secure: true,
    })
  })

  it('takes the right-most address that is no trusted proxy: what is left of it may be invented', () => {
    const chain = (text: string) => proxied(from('10.1.2.3'), { 'x-forwarded-for': text }).remoteAddress
    expect(chain('127.0.0.1, 192.0.2.7, 10.9.9.9')).toBe('192.0.2.7')
    expect(chain('192.0.2.7:5555')).toBe('192.0.2.7')
    expect(chain('[2001:db8::1]:443, fd00::5')).toBe('2001:db8::1')
    expect(chain('192.0.2.7, unknown, 10.9.9.9')).toBe('10.9.9.9')
    expect(chain('')).toBe('10.1.2.3')
  })

  it('tells whether a trusted proxy handed the request on', () => {
    expect(proxied(from('10.1.2.3'), {}).proxied).toBe(true)
    expect(proxied(from('192.0.2.1'), {}).proxied).toBe(false)
    expect(nobody(from('10.1.2.3'), {}).proxied).toBe(false)
  })

  it('does not let a client behind a proxy claim TLS', () => {
    expect(proxied(from('10.1.2.3'), { 'x-forwarded-proto': 'https, http' }).secure).toBe(false)
    expect(proxied(from('10.1.2.3'), {}).secure).toBe(false)
  })
})
