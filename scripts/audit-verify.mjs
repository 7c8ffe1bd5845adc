// Verifies Coffer's audit log without Coffer: this one file needs only Node, and is meant to be read by whoever relies
// on it. The log is a chain: the hash of each record covers all its fields and the hash of the record before. Whoever
// changes, removes, inserts or swaps a record must compute all later hashes anew, and then the newest no longer is the
// one that you noted elsewhere (--head), nor the one that Coffer sealed under its root key (--root-key).
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const USAGE = `Usage: npm run audit:verify -- audit.ndjson [--head SEQUENCE:HASH]...
       npm run audit:verify -- --database DATA_FOLDER [--head SEQUENCE:HASH]... [--root-key FILE]

  --head      a record that you noted earlier; may be given more than once
  --root-key  the root key file: is the head the one that Coffer sealed?`

const ACTOR = ['userId', 'accessKeyId', 'sourceAddress']
const FIELDS = [
  'projectId',
  ...ACTOR,
  'action',
  'keyId',
  'keyVersion',
  'bucket',
  'objectKey',
  'result',
  'requestId',
]
/** What an export tells of records that it may not show. */
const LINK = 'sequence,previousHash,hash'
const KNOWN = new Set(['sequence', 'at', ...FIELDS, 'details', 'previousHash', 'hash'])

/** SHA-256 over: format, sequence, previous hash, time, the fields above, then the details by name. */
function hashOf(record) {
  const names = Object.keys(record.details).sort()
  const bytes = Buffer.concat([
    Buffer.from('coffer/audit/v1\0'),
    be64(record.sequence),
    Buffer.from(record.previousHash, 'hex'),
    be64(record.at),
    ...FIELDS.map((name) => field(record[name])),
    be32(names.length),
    ...names.flatMap((name) => [field(name), field(record.details[name])]),
  ])
  return createHash('sha256').update(bytes).digest('hex')
}

/** One byte for the type, then length and text, so that no two records give the same bytes. */
function field(value) {
  if (value === undefined) return Buffer.from([0])
  const type = { string: 1, number: 2, boolean: 3 }[typeof value]
  if (type === undefined) throw new Error('a field is neither text nor number')
  const text = Buffer.from(String(value))
  return Buffer.concat([Buffer.from([type]), be32(text.length), text])
}

function be32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function be64(value) {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}

/** Takes records in their order and collects what is wrong with them. */
class Chain {
  last = { sequence: 0, hash: '0'.repeat(64) }
  withheld = 0
  heads
  problems = []

  /** @param heads noted earlier: sequence → hash */
  constructor(heads) {
    this.heads = new Map(heads)
  }

  add(record) {
    const { sequence, previousHash, hash } = record
    const place = `record ${sequence}`
    if (sequence !== this.last.sequence + 1)
      this.problems.push(
        `${place} follows record ${this.last.sequence}: records are missing, double or out of order`,
      )
    if (previousHash !== this.last.hash) this.problems.push(`${place} does not continue the chain`)
    if (Object.keys(record).join() === LINK) this.withheld += 1
    else if (!isHash(hash) || !isHash(previousHash) || hashOf(record) !== hash)
      this.problems.push(`${place} was changed: its hash does not fit its content`)
    const stranger = Object.keys(record).find((name) => !KNOWN.has(name))
    if (stranger !== undefined) this.problems.push(`${place} has a field that no hash covers: ${stranger}`)
    if (this.heads.has(sequence) && this.heads.get(sequence) !== hash)
      this.problems.push(`${place} is not the one that was noted: the chain was computed anew`)
    this.heads.delete(sequence)
    this.last = { sequence, hash }
  }

  /** What the log itself says of its end. */
  end(head) {
    if (head.sequence !== this.last.sequence || head.hash !== this.last.hash)
      this.problems.push(`the log ends at record ${this.last.sequence}, its head says ${head.sequence}`)
  }

  finish() {
    for (const sequence of this.heads.keys())
      this.problems.push(`record ${sequence} was noted but is not there: the log was cut`)
  }
}

function isHash(text) {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text)
}

async function verifyExport(file, chain) {
  let number = 0
  let ended = false
  for await (const line of linesOf(file)) {
    number += 1
    if (ended) chain.problems.push(`line ${number} comes after the head`)
    const content = attempt(() => JSON.parse(line))
    // Readers differ in what they make of a name that is there twice.
    if (JSON.stringify(content) !== line) chain.problems.push(`line ${number} is not as Coffer writes it`)
    else if (content?.head) chain.end(content.head, (ended = true))
    else if (attempt(() => (chain.add(content), true)) === undefined)
      chain.problems.push(`line ${number} is no record`)
  }
  if (!ended) chain.problems.push('the file has no head at its end: it was cut')
}

/** Not node:readline, which also ends a line where the name of an object holds U+2028. */
async function* linesOf(file) {
  let rest = ''
  for await (const piece of createReadStream(file, 'utf8')) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop()
    yield* lines
  }
  if (rest !== '') yield rest
}

async function verifyDatabase(folder, chain, rootKeyFile) {
  // Node warns that its SQLite is young; that is no fault of the log.
  process.removeAllListeners('warning')
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(join(folder, 'coffer.db'), { readOnly: true })
  // One moment, though Coffer may be running.
  db.exec('BEGIN')
  for (const row of db.prepare(`SELECT ${COLUMNS} FROM audit_event ORDER BY sequence`).iterate())
    if (attempt(() => (chain.add(recordOf(row)), true)) === undefined)
      chain.problems.push(`record ${row.sequence} cannot be read`)
  const kept = db.prepare("SELECT value FROM setting WHERE name = 'audit-head'").get()
  db.close()
  const head = kept && attempt(() => JSON.parse(Buffer.from(kept.value).toString()))
  if (head) chain.end(head)
  else if (kept || chain.last.sequence > 0) chain.problems.push('the head is missing')
  if (head && rootKeyFile !== undefined && !isGenuine(head, rootKeyFile))
    chain.problems.push(
      'the head was not sealed by Coffer: the chain was computed anew, or this is another root key',
    )
}

/** Texts as their bytes, because node:sqlite ends them at a NUL: projectId is the column project_id. */
const TEXTS = [...FIELDS.filter((name) => name !== 'keyVersion'), 'details']
const COLUMNS = [
  'sequence, at, key_version AS keyVersion, hex(previous_hash) AS previousHash, hex(hash) AS hash',
  ...TEXTS.map((name) => {
    const column = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    return `CAST(${column} AS BLOB) AS ${name}`
  }),
].join(', ')

/** A row in the words of an export, where what is absent is left out. */
function recordOf(row) {
  const given = Object.entries(row).filter(([, value]) => value !== null)
  const record = Object.fromEntries(given)
  for (const name of TEXTS) if (name in record) record[name] = Buffer.from(record[name]).toString()
  const { previousHash, hash, details: text } = record
  const details = JSON.parse(text)
  if (JSON.stringify(details) !== text) throw new Error('the details are not as Coffer writes them')
  return { ...record, details, previousHash: previousHash.toLowerCase(), hash: hash.toLowerCase() }
}

/** HMAC-SHA256 under a key that HKDF (RFC 5869) derives from the root key. */
function isGenuine({ sequence, hash, mac }, rootKeyFile) {
  const secret = Buffer.from(readFileSync(rootKeyFile, 'latin1').split('\n')[1] ?? '', 'base64')
  const key = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), 'coffer/root/v1/audit\0', 32))
  const expected = createHmac('sha256', key)
    .update('coffer/audit-head/v1\0')
    .update(be64(sequence))
    .update(Buffer.from(hash, 'hex'))
    .digest()
  const given = Buffer.from(String(mac), 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function attempt(work) {
  try {
    return work()
  } catch {
    return undefined
  }
}

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      database: { type: 'string' },
      head: { type: 'string', multiple: true, default: [] },
      'root-key': { type: 'string' },
    },
  })
  const heads = values.head.map((head) => /^([1-9]\d*)[: ]([0-9a-f]{64})$/.exec(head)?.slice(1))
  const sources = positionals.length + (values.database === undefined ? 0 : 1)
  if (sources !== 1 || heads.includes(undefined)) throw new Error('not how it is used')
  const path = (name) => name && resolve(process.env.INIT_CWD ?? process.cwd(), name)
  return {
    file: path(positionals[0]),
    database: path(values.database),
    rootKey: path(values['root-key']),
    heads: heads.map(([sequence, hash]) => [Number(sequence), hash]),
  }
}

async function main() {
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    console.log(USAGE)
    return 0
  }
  const given = attempt(options)
  if (given === undefined) {
    console.error(USAGE)
    return 2
  }
  const chain = new Chain(given.heads)
  if (given.database !== undefined) await verifyDatabase(given.database, chain, given.rootKey)
  else await verifyExport(given.file, chain)
  chain.finish()
  const { last, withheld, problems } = chain
  for (const problem of problems.slice(0, 20)) console.error(`✗ ${problem}`)
  if (problems.length > 0) {
    console.error(`The log is NOT whole: ${problems.length} faults.`)
    return 1
  }
  const known = withheld === 0 ? '' : `, ${withheld} of them by their hashes only (they belong to others)`
  console.log(`✓ The log is whole: ${last.sequence} records${known}.`)
  console.log(`  Newest: ${last.sequence}:${last.hash}`)
  if (given.heads.length === 0)
    console.log(
      '  Nothing was noted earlier (--head), so a log that was cut or computed anew looks the same.',
    )
  return 0
}

process.exitCode = await main().catch(async (error) => {
  if (error?.code === 'ERR_UNKNOWN_BUILTIN_MODULE' && !process.env.COFFER_AUDIT_VERIFY) {
    // This Node has no SQLite of its own; the one that Coffer runs on has.
    process.env.COFFER_AUDIT_VERIFY = '1'
    const { runCommand } = await import('./lib/command.mjs')
    await runCommand('scripts/audit-verify.mjs')
    return process.exitCode
  }
  console.error(`The log could not be read: ${error.message}`)
  return 1
})
