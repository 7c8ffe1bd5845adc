import { describeFault } from './fault.ts'

/**
 * Why Coffer does not start and what mends it, in plain words for the terminal.
 * Errors are known by name: another copy of their class may have thrown them.
 */
export function explainStartFailure(error: unknown): string {
  return (
    explainForeseen(error) ??
    `Coffer cannot start because of an error of its own; please report it:\n${describeFault(error)}`
  )
}

/** The same of a failure that an operator can mend, in a start or a command; undefined for one that nobody foresaw. */
export function explainForeseen(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error.name === 'ConfigError') return error.message
  if (isPortError(error)) return explainPort(error)
  const mend = 'mend' in error && typeof error.mend === 'string' ? error.mend : undefined
  if (mend !== undefined) return `${error.message}\n${mend}`
  return explainStorage(error) ?? explainSystemError(error)
}

interface PortError extends Error {
  code: string
  port: number
}

function isPortError(error: Error): error is PortError {
  // A name in COFFER_HOST is looked up first.
  const opening = 'syscall' in error && (error.syscall === 'listen' || error.syscall === 'getaddrinfo')
  return opening && 'port' in error && 'code' in error
}

function explainPort({ code, port }: PortError): string {
  const choose =
    'Choose others with COFFER_CONSOLE_PORT, COFFER_OBJECT_PORT, COFFER_OSS_PORT and COFFER_COS_PORT.'
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use: another program, or another Coffer, listens there. ${choose}`
  if (code === 'EACCES')
    return `Port ${port} may not be used by this user: ports below 1024 usually need root. ${choose}`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'COFFER_HOST is not an address of this machine. Set it to one, such as 127.0.0.1; 0.0.0.0 means all of them.'
  return `Port ${port} cannot be opened (${code}). ${choose}`
}

const SYSTEM_ERRORS: Record<string, string> = {
  EACCES: 'may not be read or written by this user. Correct its owner and mode, or choose another place.',
  EPERM: 'may not be changed by this user. Correct its owner and mode, or choose another place.',
  EROFS: 'lies on a read-only disk. Choose another place with COFFER_DATA_DIR.',
  ENOSPC: 'cannot be written: the disk is full. Make room, then start again.',
  ENOTDIR: 'cannot be used: it, or a part of its path, is a file and not a folder. Choose another place.',
  ENOENT: 'is not there, or cannot be made there. Check the name, or choose another place.',
}

/** A full or damaged disk that shows only when the database is in use; whoever opens a database names its file. */
function explainStorage(error: Error): string | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === 'StorageFull' || code === 'SQLITE_FULL')
    return 'The disk of the data folder is full. Make room on it, then try again: what was acknowledged is there.'
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return `The database in the data folder is damaged (${code}). Restore the whole data folder from a backup.`
  return undefined
}

function explainSystemError(error: Error): string | undefined {
  if (!('code' in error) || typeof error.code !== 'string' || !('path' in error)) return undefined
  const mend = SYSTEM_ERRORS[error.code]
  return mend && `${String(error.path)} ${mend}`
}
