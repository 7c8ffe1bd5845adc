import type { Server } from 'node:http'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readConfig } from './lib/config.ts'
import type { Config } from './lib/config.ts'
import { objectServer } from './lib/dialects/http/object-server.ts'
import type { Serve } from './lib/dialects/raw.ts'
import { consoleServer } from './lib/ports/console-server.ts'
import { describeFault } from './lib/ports/fault.ts'
import { closeGracefully, listen } from './lib/ports/listen.ts'
import { explainStartFailure } from './lib/ports/start-failure.ts'
import { welcome } from './lib/ports/welcome.ts'
import { createSystem } from './lib/system.ts'

/** ms after which a shutdown that hangs is given up; everything acknowledged is durable already */
const LAST_RESORT = 20_000

const development = process.argv.includes('--dev')
/** ms that running requests have to finish; browsers hold a WebSocket open to the development server */
const GRACE = development ? 500 : 10_000
const projectDir = dirname(fileURLToPath(import.meta.url))

/** One process, two ports (ARCHITECTURE.md, "Two doors"): the console, and the object API beside Next. */
async function start(): Promise<void> {
  const config = readConfig(process.env, projectDir)
  const system = await createSystem(config)
  const opened: Server[] = []
  try {
    await openObjectPorts(system.serve, config, opened)
    const closeNext = await openConsole(config, opened)
    console.log(welcome(config, system.firstRun))
    forgetTheStart()
    onStopSignal(async () => {
      await closeAll(opened, GRACE)
      await closeNext()
      await system.close()
    })
  } catch (error) {
    await closeAll(opened, 0)
    // A database that is not closed keeps its last commits in a file beside it, which a copy may lack.
    await system.close()
    throw error
  }
}

/** The object API, and more doors to it, each for the clients of one vendor. */
async function openObjectPorts(serve: Serve, config: Config, opened: Server[]): Promise<void> {
  const { host, trustedProxies, objectPort, ossPort, cosPort } = config
  const ports = [
    [undefined, objectPort],
    ['oss', ossPort],
    ['cos', cosPort],
  ] as const
  for (const [vendor, port] of ports) {
    if (port === undefined) continue
    const options = { trustedProxies, onFault: logFault, ...(vendor !== undefined && { vendor }) }
    await open(objectServer(serve, options), port, host, opened)
  }
}

/** Resolves with what ends Next, once its port is closed. */
async function openConsole(config: Config, opened: Server[]): Promise<() => Promise<void>> {
  const { trustedProxies, host, consolePort: port } = config
  // React and Next choose their build by this when they are loaded.
  Object.assign(process.env, { NODE_ENV: development ? 'development' : 'production' })
  const { default: createNext } = await import('next')
  const next = createNext({ dev: development, dir: projectDir, hostname: host, port })
  await next.prepare()
  await open(consoleServer(next.getRequestHandler(), { trustedProxies, development }), port, host, opened)
  return () => next.close()
}

async function open(server: Server, port: number, host: string, opened: Server[]): Promise<void> {
  await listen(server, port, host)
  opened.push(server)
}

async function closeAll(servers: readonly Server[], grace: number): Promise<void> {
  await Promise.all(servers.map((server) => closeGracefully(server, grace)))
}

/** Loading leaves 25 MB behind that V8 would keep for good: with the room it is given, it sees no need to look. */
function forgetTheStart(): void {
  void globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' })
}

function onStopSignal(stop: () => Promise<void>): void {
  let stopping = false
  const once = (): void => {
    // Ctrl-C reaches us twice, from the terminal and from the process that started us.
    if (stopping) return
    stopping = true
    console.log('Stopping: running requests may finish.')
    setTimeout(() => process.exit(1), LAST_RESORT).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => giveUp(describeFault(error)),
    )
  }
  process.on('SIGTERM', once).on('SIGINT', once).on('SIGHUP', once)
}

function logFault(fault: unknown): void {
  console.error(`[object port] a request failed: ${describeFault(fault)}`)
}

function giveUp(reason: string): never {
  console.error(`\n${reason}\n`)
  process.exit(1)
}

process.on('uncaughtException', (error) =>
  giveUp(`Coffer stops because of an error of its own: ${describeFault(error)}`),
)
start().catch((error: unknown) => giveUp(explainStartFailure(error)))
