// Verifies a receipt of Coffer's without Coffer: this one file needs only Node, and is meant to be read by whoever relies
// on it. A receipt says what a check of a stored file found. It is signed with Ed25519 (RFC 8032); the fingerprint of the
// public key, noted from the console or from /api/receipt-key, says whose signature that is.
import { createHash, createPublicKey, timingSafeEqual, verify } from 'node:crypto'
import { createReadStream, existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, TextDecoder } from 'node:util'

const USAGE = `Usage: npm run verify-receipt -- receipt.json --public-key FINGERPRINT|FILE [--data FOLDER] [--database FILE]

  --public-key  who should have signed: the fingerprint that the console shows, or a file with the public key (PEM)
  --data        Coffer's data folder, its folder of blobs, or a copy: do the stored bytes still have these digests?
  --database    coffer.db, or a copy: the same for small files, whose bytes lie in the database
                (a data folder has its own)`

const FORMAT = 'coffer/receipt/v1'
const LINE = /^(\d+) (file|row) ([0-9a-f]{32}) (\d+) ([0-9a-f]{64})$/

/** The same value with the names of every object in UTF-16 order: without spaces this is RFC 8785 for what receipts hold. */
function inOrder(value) {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name])]))
}

/**
 * The receipt, if every byte of it is what the owner of the public key signed.
 * @param file its bytes
 * @param wanted the SHA-256 of the public key
 * @throws Error that says what is wrong with it
 */
export function genuineReceipt(file, wanted) {
  const receipt = readReceipt(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file))
  verifySignature(receipt, wanted)
  verifyList(receipt)
  return receipt
}

function readReceipt(text) {
  const receipt = attempt(() => JSON.parse(text))
  // Readers differ in what they make of a name that is there twice, so there is one way only to write it.
  if (receipt === undefined || `${JSON.stringify(inOrder(receipt), undefined, 2)}\n` !== text)
    throw new Error('it is not as Coffer writes it: it was changed, or is no receipt')
  const { statement, blobs, publicKey, signature } = receipt
  if (Object.keys(receipt).length !== 4 || statement?.format !== FORMAT || !Array.isArray(blobs))
    throw new Error('it is no receipt of a kind that this program knows')
  return { statement, blobs, publicKey: bytes(publicKey), signature: bytes(signature) }
}

/** Base64 as it is written, and no other way to write the same bytes. */
function bytes(text) {
  const decoded = Buffer.from(String(text), 'base64')
  if (decoded.toString('base64') !== text) throw new Error('its key or signature is not base64')
  return decoded
}

function verifySignature({ statement, publicKey, signature }, wanted) {
  const fingerprint = createHash('sha256').update(publicKey).digest()
  if (!same(fingerprint, wanted) || statement.issuer?.keyFingerprint !== fingerprint.toString('hex'))
    throw new Error('it was signed with another key than the one you named')
  const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' })
  const message = Buffer.from(`${FORMAT}\n${JSON.stringify(statement)}`)
  if (key.asymmetricKeyType !== 'ed25519' || !verify(null, message, key, signature))
    throw new Error('its signature does not hold: it was changed')
}

/** The lines of stored blobs stand beside the statement, which has their digest. */
function verifyList({ statement, blobs }) {
  const { list } = statement.stored
  const digest = createHash('sha256')
  for (const line of blobs) digest.update(`${line}\n`)
  const right =
    list === null ? blobs.length === 0 : list.count === blobs.length && list.sha256 === digest.digest('hex')
  if (!right || !blobs.every((line) => LINE.test(line)))
    throw new Error('its list of stored blobs is not the one that was signed')
}

/** @returns how many blobs there are as the receipt says, and what is wrong with the others */
async function compareBlobs({ blobs }, { folder, database }) {
  const rows = await openRows(database)
  const tally = { same: 0, unseen: 0, problems: [] }
  for (const line of blobs) {
    const [, part, place, blobId, size, sha256] = LINE.exec(line)
    const name = `part ${part}, blob ${blobId}`
    if ((place === 'row' ? rows : folder) === undefined) tally.unseen += 1
    else {
      const found = place === 'row' ? digestOfRow(rows, blobId) : await digestOfFile(folder, blobId)
      if (found === undefined) tally.problems.push(`${name} is not there`)
      else if (found.size !== Number(size))
        tally.problems.push(`${name} has ${found.size} bytes, not ${size}`)
      else if (found.sha256 !== sha256) tally.problems.push(`${name} was changed`)
      else tally.same += 1
    }
  }
  rows?.close()
  return tally
}

async function digestOfFile(folder, blobId) {
  const path = [
    join(folder, 'blobs', blobId.slice(0, 2), blobId),
    join(folder, blobId.slice(0, 2), blobId),
  ].find(existsSync)
  if (path === undefined) return undefined
  const digest = createHash('sha256')
  let size = 0
  for await (const piece of createReadStream(path)) {
    digest.update(piece)
    size += piece.length
  }
  return { size, sha256: digest.digest('hex') }
}

async function openRows(file) {
  if (file === undefined) return undefined
  // Node warns that its SQLite is young; that is no fault of the receipt.
  process.removeAllListeners('warning')
  const { DatabaseSync } = await import('node:sqlite')
  return new DatabaseSync(file, { readOnly: true })
}

function digestOfRow(rows, blobId) {
  const row = rows.prepare('SELECT inline FROM part WHERE blob_id = ?').get(blobId)
  if (!row?.inline) return undefined
  return { size: row.inline.length, sha256: createHash('sha256').update(row.inline).digest('hex') }
}

function say({ statement }) {
  const { object, encryption, intact, complete, stored, checkedBy, audit } = statement
  const cipher = encryption?.suite ? `${encryption.mode}, ${encryption.suite}` : 'NOT encrypted'
  console.log(
    `  File      ${object.bucket}/${object.key} (version ${object.versionId}, ${object.size} bytes)`,
  )
  console.log(
    `  Stored    ${cipher}; ${stored.blobs} blobs, ${stored.bytes} bytes, ${stored.chunks} chunks verified`,
  )
  if (encryption?.keyId) console.log(`  Key       ${encryption.keyId}, version ${encryption.keyVersion}`)
  console.log(`  Checked   ${statement.checkedAt} by ${checkedBy.name} on ${statement.issuer.url}`)
  if (audit) console.log(`  Audit log ${audit.sequence}:${audit.hash}`)
  if (!intact) return `the file was DAMAGED (${statement.damage.count} places)`
  return complete ? undefined : 'not everything could be checked then'
}

function same(a, b) {
  return a.length === b.length && timingSafeEqual(a, b)
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
    options: { 'public-key': { type: 'string' }, data: { type: 'string' }, database: { type: 'string' } },
  })
  const path = (name) => name && resolve(process.env.INIT_CWD ?? process.cwd(), name)
  const key = values['public-key']
  if (positionals.length !== 1 || !key) throw new Error('not how it is used')
  const folder = path(values.data)
  if (folder !== undefined) statSync(folder)
  const own = folder && [join(folder, 'coffer.db'), join(folder, '..', 'coffer.db')].find(existsSync)
  const wanted = /^[0-9a-f]{64}$/i.test(key) ? Buffer.from(key, 'hex') : fingerprintOf(path(key))
  return { file: path(positionals[0]), wanted, folder, database: path(values.database) ?? own }
}

function fingerprintOf(file) {
  const spki = createPublicKey(readFileSync(file)).export({ format: 'der', type: 'spki' })
  return createHash('sha256').update(spki).digest()
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
  const receipt = genuineReceipt(readFileSync(given.file), given.wanted)
  console.log('✓ The receipt is genuine.')
  const doubt = say(receipt)
  const compared = given.folder || given.database ? await compareBlobs(receipt, given) : undefined
  for (const problem of compared?.problems.slice(0, 20) ?? []) console.error(`✗ ${problem}`)
  if (compared && receipt.blobs.length === 0)
    console.log('  The receipt has no digests of an unencrypted file: its stored bytes are its content.')
  if (compared?.same) console.log(`✓ ${compared.same} stored blobs still are what they were.`)
  if (compared?.unseen)
    console.log(`  ${compared.unseen} were not looked at: --data has files, --database small ones.`)
  if (doubt) console.error(`✗ It says: ${doubt}.`)
  return doubt || compared?.problems.length || compared?.unseen ? 1 : 0
}

async function run() {
  try {
    return await main()
  } catch (error) {
    if (error?.code === 'ERR_UNKNOWN_BUILTIN_MODULE' && !process.env.COFFER_VERIFY_RECEIPT) {
      // This Node has no SQLite of its own; the one that Coffer runs on has.
      process.env.COFFER_VERIFY_RECEIPT = '1'
      const { runCommand } = await import('./lib/command.mjs')
      await runCommand('scripts/verify-receipt.mjs')
      return process.exitCode
    }
    console.error(`✗ The receipt is NOT to be trusted: ${error.message}.`)
    return 1
  }
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) process.exitCode = await run()
