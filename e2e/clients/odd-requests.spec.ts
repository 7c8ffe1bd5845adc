import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from '../fixtures.ts'

/** What scanners send, and nobody else: no address, or one that is another when it is resolved. */
const TARGETS = [
  '//',
  '///',
  '//a:99999999/',
  '/.//elsewhere.example',
  '/buckets/..//elsewhere.example',
  '/%',
  '/%zz?%zz=%',
  '/%00',
  '/\u00fc',
  '/keys?project=%00',
  '/buckets/%ff',
  '/objects/%ff/%00?uploads=%',
  'http://[',
  'http://elsewhere.example/keys',
  'http://a/b//c///d//',
  '*',
  '?',
]

/** The first line and the headers of what is answered. */
async function ask(url: string, method: string, target: string): Promise<string> {
  const { hostname, port, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, 'latin1')
  let answer = ''
  socket.setEncoding('latin1').on('data', (text) => (answer += String(text)))
  await once(socket, 'close')
  return answer.split('\r\n\r\n')[0] ?? ''
}

test('no image of an object is made and kept beside the store', async ({ coffer }) => {
  for (const url of ['/icon.svg', '/objects/bucket/picture.png'])
    expect(
      (await fetch(`${coffer.consoleUrl}/_next/image?url=${encodeURIComponent(url)}&w=640&q=75`)).status,
    ).toBe(404)
})

for (const door of ['consoleUrl', 'objectUrl'] as const)
  test(`odd requests are answered at the ${door}, lead nowhere else and harm nobody`, async ({ coffer }) => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PROPFIND'])
      for (const target of TARGETS) {
        const answer = await ask(coffer[door], method, target)
        expect(answer, `${method} ${target}`).toMatch(/^HTTP\/1\.1 [234]\d\d /)
        expect(answer.match(/^location: .*$/im)?.[0] ?? '', `${method} ${target}`).not.toMatch(
          /^location: *(\/\/|\/\\|https?:\/\/(elsewhere|a\b))/i,
        )
      }
    expect((await fetch(`${coffer.consoleUrl}/sign-in`)).status).toBe(200)
  })
