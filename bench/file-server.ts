import { createReadStream, createWriteStream } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { SERVER_LIMITS } from '../lib/dialects/http/object-server.ts'

/**
 * What `node:http` can do that keeps what it is given: a file for each key, synced before the answer, by Node's own
 * streams. Nothing is authenticated, hashed, encrypted or recorded. The first argument is the folder.
 */
const folder = process.argv[2]!
const fileOf = (url = ''): string => join(folder, encodeURIComponent(url))

const server = createServer(SERVER_LIMITS, (request, response) => {
  const path = fileOf(request.url)
  const work =
    request.method === 'PUT'
      ? pipeline(request, createWriteStream(path, { flush: true })).then(() =>
          response.writeHead(200, { 'content-length': 0 }).end(),
        )
      : pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), response)
  work.catch(() => response.destroy())
  if (request.method !== 'PUT')
    response.writeHead(200, { 'content-length': Number(request.headers['x-bytes']) })
})

server.listen(0, '127.0.0.1', () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`)
})
