import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { arch, cpus, platform, release } from 'node:os'
import { join } from 'node:path'

const ALGORITHMS = ['aes-256-gcm', 'sm4-ctr', 'sha256', 'md5', 'sm3'] as const

/** What `openssl speed` says of one core, MB/s with blocks of 64 KiB; empty without the openssl program. */
export function opensslSpeeds(): Map<string, number> {
  const speeds = new Map<string, number>()
  for (const algorithm of ALGORITHMS) {
    const args = ['speed', '-seconds', '1', '-bytes', '65536', '-evp', algorithm]
    const { stdout, status } = spawnSync('openssl', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const thousands = status === 0 ? /([\d.]+)k\s*$/.exec(stdout.trim())?.[1] : undefined
    if (thousands) speeds.set(algorithm, Number(thousands) / 1000)
  }
  return speeds
}

/** MiB a second of writing a file and syncing it: no durable upload can be faster. */
export function diskSpeed(folder: string, mebibytes: number): number {
  const path = join(folder, 'disk-speed')
  const block = randomBytes(2 ** 20)
  const begun = performance.now()
  const fd = openSync(path, 'w')
  for (let index = 0; index < mebibytes; index++) writeSync(fd, block)
  fdatasyncSync(fd)
  closeSync(fd)
  const speed = mebibytes / ((performance.now() - begun) / 1000)
  rmSync(path)
  return speed
}

/**
 * Fills the page cache once and empties it. Memory that a virtual machine has never used is brought by its host page
 * by page: measured 325 MiB a second instead of 2,000, which would be all that an upload's figure shows.
 */
export function touchMemory(folder: string, mebibytes: number): void {
  const path = join(folder, 'touched')
  const block = Buffer.alloc(2 ** 20, 1)
  const fd = openSync(path, 'w')
  for (let index = 0; index < mebibytes; index++) writeSync(fd, block)
  closeSync(fd)
  rmSync(path)
}

export function machine(): string {
  const all = cpus()
  return `${all.length} × ${all[0]?.model ?? 'unknown processor'}, ${platform()} ${release()} ${arch()}, Node ${process.version}`
}
