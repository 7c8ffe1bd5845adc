import { createHash, randomBytes } from 'node:crypto'
import { cpuSeconds } from './process-facts.ts'
import { type Target, withConnections } from './targets.ts'

export const SMALL_BYTES = 4096
export const CONNECTIONS = 16

export interface SmallResult {
  /** requests a second, by the clock */
  rate: number
  /** processor microseconds of the server per request */
  cpu: number
}

/** Ready-made requests: storing many keys, each under its own signature with its body's hash, and reading them. */
export interface SmallRequests {
  puts: Buffer[]
  gets: Buffer[]
}

export function smallRequests(target: Target, keys: number): SmallRequests {
  const body = randomBytes(SMALL_BYTES)
  const hash = createHash('sha256').update(body).digest('hex')
  const names = Array.from({ length: keys }, (_, index) => `small/${index}`)
  return {
    puts: names.map((name) => Buffer.concat([target.put(name, SMALL_BYTES, hash), body])),
    gets: names.map((name) => target.get(name, SMALL_BYTES)),
  }
}

/** Sends every request once, so that each can be read. */
export function sendAll(target: Target, requests: Buffer[]): Promise<void> {
  return withConnections(target.port, CONNECTIONS, async (connections) => {
    let next = 0
    await Promise.all(
      connections.map(async (connection) => {
        for (let request = requests[next++]; request; request = requests[next++])
          await connection.roundTrip(request)
      }),
    )
  })
}

/** Sends requests in turn over 16 connections for some seconds. */
export function rateOf(target: Target, requests: Buffer[], seconds: number): Promise<SmallResult> {
  return withConnections(target.port, CONNECTIONS, async (connections) => {
    const cpu = cpuSeconds(target.pid)
    const begun = performance.now()
    const end = begun + seconds * 1000
    let sent = 0
    await Promise.all(
      connections.map(async (connection) => {
        while (performance.now() < end) await connection.roundTrip(requests[sent++ % requests.length]!)
      }),
    )
    return {
      rate: sent / ((performance.now() - begun) / 1000),
      cpu: ((cpuSeconds(target.pid) - cpu) * 1e6) / sent,
    }
  })
}
