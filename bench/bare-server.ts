import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SERVER_LIMITS } from '../lib/dialects/http/object-server.ts'

/**
 * What `node:http` can do at best: it throws uploads away and answers downloads from memory. The path names
 * the bytes of the answer. Same socket settings as Coffer's object port.
 */
const BLOCK = Buffer.alloc(256 * 1024, 'bare')

const server = createServer(SERVER_LIMITS, (request, response) => {
  if (request.method === 'PUT') {
    request.resume()
    request.on('end', () => response.writeHead(200, { 'content-length': 0 }).end())
    return
  }
  let remaining = Number((request.url ?? '').slice(1))
  response.writeHead(200, { 'content-length': remaining })
  const send = (): void => {
    while (remaining > 0) {
      const piece = remaining < BLOCK.length ? BLOCK.subarray(0, remaining) : BLOCK
      remaining -= piece.length
      if (remaining === 0) response.end(piece)
      else if (!response.write(piece)) return void response.once('drain', send)
    }
  }
  send()
})

server.listen(0, '127.0.0.1', () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`)
})
