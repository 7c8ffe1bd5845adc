import { openDatabase } from './database.ts'

/** A process of its own that opens a data folder, says how that went, and stays. */
const [dataDir] = process.argv.slice(2)
try {
  await openDatabase({ dataDir: dataDir! })
  process.stdout.write('open\n')
  setInterval(() => undefined, 60_000)
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.name : 'unknown'}\n`)
}
