import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** ms between looks at who started us */
const LOOK_EVERY = 500

/**
 * Calls `gone` once when npm, which runs this process, has ended. npm hands SIGTERM to the shell between, which passes it
 * on to nobody, and keeps SIGHUP to itself: without this, whoever stops npm would leave us running. Does nothing where npm
 * is not the one that runs us: then we may well outlive our parent, e.g. under nohup.
 *
 * @param {() => void} gone
 */
export function whenNpmEnds(gone) {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const npm = npmAbove(parent)
  const timer = setInterval(() => {
    // The number of a parent that ended changes at once, save on Windows.
    if (process.ppid === parent && lives(parent) && lives(npm)) return
    clearInterval(timer)
    gone()
  }, LOOK_EVERY)
  timer.unref()
}

/** npm stands right above us, or above one shell that waits for us. */
function npmAbove(parent) {
  const { name, parent: above } = factsOf(parent)
  return /^-?\w*sh$/.test(name) ? above : parent
}

/** Name and parent of a process; where neither way tells them (Windows), the name is empty. */
function factsOf(pid) {
  const stat = attempt(() => /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')))
  if (stat) return { name: stat[1], parent: Number(stat[2]) }
  const ps = attempt(() =>
    /^\s*(\d+)\s+(?:.*\/)?(.*?)\s*$/.exec(
      execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ),
  )
  return ps ? { name: ps[2], parent: Number(ps[1]) } : { name: '', parent: 0 }
}

function lives(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there and not ours.
    return error.code !== 'ESRCH'
  }
}

function attempt(work) {
  try {
    return work()
  } catch {
    return undefined
  }
}
